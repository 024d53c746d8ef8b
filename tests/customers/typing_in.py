"""What people type, and what a page says, in words."""

import re

import flask

from app.accounts.models import Customer
from app.core.database import db

DOOR = {
    "label": "Shop",
    "line1": "12 Call Lane",
    "line2": "",
    "city": "Leeds",
    "postcode": "LS1 7BT",
    "country": "GB",
    "delivery_instructions": "Ring twice",
    "is_default_shipping": False,
    "is_default_billing": False,
}
TYPED_DOOR = {name: value for name, value in DOOR.items() if not isinstance(value, bool)}
TYPED = {
    "name": "Copper Kettle Café",
    "code": "COPPER-KETTLE-CAF",
    "phone": "",
    "invoice_email": "",
    "tax_id": "",
    "tax_treatment": "standard",
    "payment_terms": "net30",
    "credit_limit": "5000.00",
    "price_list_id": "",
    "min_order_net": "",
    "account_manager_id": "",
    "note": "",
}


def now(customer: Customer) -> Customer:
    """As the database has it."""
    db.session.expire_all()
    found = db.session.get(Customer, customer.id)
    assert found is not None
    return found


def words(page) -> str:
    """What somebody reads there."""
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", page.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(text.replace("&#39;", "'").replace("&amp;", "&").split())


def somebody_else() -> None:
    """The next browser is another person's: one context remembers who came last."""
    flask.g.pop("_login_user", None)


def version_in(page) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page.text)[1]
