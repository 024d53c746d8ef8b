"""A row of everything, so that behind each door is something to see."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter

from app.accounts.models import Customer, CustomerStatus, TokenKind, User
from app.accounts.service import links
from app.billing.models import Invoice, Payment, PaymentStatus
from app.billing.queries.invoices import invoice_of_shipment
from app.billing.service import crediting
from app.catalogue.models import ClosedDay, TaxRate
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.outbox import OutboxMessage
from app.customers.service import addresses
from app.fulfilment.models import PaperKind, ShipmentPaper
from app.orders.models import Basket, Order, SavedView
from tests import factories
from tests.billing.owing import came_in, invoice_for
from tests.customers.typing_in import DOOR
from tests.fulfilment.moving_goods import confirmed, picking, sent, sent_back
from tests.orders.ordering import goods, placed
from tests.stock.shelving import filled

PICTURE = "0" * 64
LINKS = {
    "accounts.invite": TokenKind.INVITE,
    "accounts.reset": TokenKind.RESET,
    "accounts.verify": TokenKind.VERIFY,
}
MAIL = {"to": "x@x.example", "subject": "Hello", "text": "Hello", "html": "<p>", "message_id": "<1@x>"}


@dataclass(frozen=True)
class Rows:
    """What the variable parts of addresses stand for: a name in the rule, and a row it finds."""

    values: dict[str, Any]
    tokens: dict[str, str]

    def fitting(self, rule: Rule) -> dict[str, Any]:
        choices = {
            name: min(converter.items)
            for name, converter in rule._converters.items()
            if isinstance(converter, AnyConverter)
        }
        known = self.values | {"token": self.tokens.get(rule.endpoint)} | choices
        if "/customers/" in rule.rule:
            known["code"] = known["customer_code"]
        if "/invoices/" in rule.rule:
            known["number"] = known["invoice_number"]
        return {name: known[name] for name in rule.arguments}

    def with_values(self, **others: Any) -> "Rows":
        return replace(self, values=self.values | others)


def rows_of(customer: Customer, *, mail_to: User) -> Rows:
    """A colleague, a key, an application, an address, links, and a mail to this person."""
    colleague = factories.user("Iris Vale", role="buyer", of=customer)
    applied = factories.customer("Blue Door", status=CustomerStatus.APPLIED)
    key, _ = factories.api_key("orders:read", customer_id=customer.id, by=SYSTEM)
    on_sale = goods_for_the_catalogue()
    door = addresses.add(customer.id, **DOOR, by=SYSTEM)
    order = order_of(customer)
    facts = {"user_id": mail_to.id, "about": f"order:{order.id}", "sent": MAIL, "done_at": clock.now()}
    mail = factories.saved(OutboxMessage(topic="x.mail", payload={}, **facts))
    values = {
        "user_id": colleague.id,
        "key_id": key.id,
        "customer_id": applied.id,
        "message_id": mail.id,
        "job_id": mail.id,
        "session_id": 0,
        "code": "buyer",
        "customer_code": customer.code,
        "address_id": door.id,
        "import_id": factories.import_of_prices().id,
        "pad_id": factories.saved(
            Basket(user_id=mail_to.id, customer_id=customer.id, name="Every Friday")
        ).id,
        "view_id": factories.saved(SavedView(user_id=mail_to.id, name="Late", query="view=late")).id,
        "number": order.number,
        **in_the_warehouse(customer),
        **money_from(customer),
        **on_sale,
    }
    return Rows(values, {endpoint: link_of(kind, colleague) for endpoint, kind in LINKS.items()})


def order_of(customer: Customer) -> Order:
    """One that waits to be confirmed."""
    return placed({filled(goods("Rye loaf"), 10): 1}, customer)


def in_the_warehouse(customer: Customer) -> dict[str, Any]:
    """A shipment that is being picked, a slip of it, one that left with its invoice, and a return."""
    buns = filled(goods("Buns"), 10)
    gone = confirmed({buns: 1}, customer)
    invoice = invoice_of_shipment(sent(gone).id)
    shipment = picking(confirmed({buns: 1}, customer))
    slip = {"kind": PaperKind.PACKING_SLIP, "version": shipment.version, "file": PICTURE}
    factories.saved(ShipmentPaper(shipment_id=shipment.id, **slip))
    return {
        "shipment_id": shipment.id,
        "return_id": sent_back(gone, {1: 1}).id,
        "invoice_number": invoice and invoice.number,
    }


def money_from(customer: Customer) -> dict[str, Any]:
    """A bank receipt, and what it might have paid; a card payment; a credit note."""
    card = {"amount": Decimal(1), "currency": "GBP", "status": PaymentStatus.PENDING}
    return {
        "receipt_id": came_in("1.00", customer).id,
        "paid": "INV-2026-00001",
        "payment_id": factories.saved(Payment(customer_id=customer.id, **card)).id,
        "row_id": credit_note(customer).id,
    }


def credit_note(customer: Customer) -> Invoice:
    invoice = invoice_for({filled(goods("Crumpets"), 10): 1}, customer)
    return crediting.credit(
        invoice.number, lines={1: 1}, with_delivery=False, reason="Stale", by=SYSTEM, on=today()
    )


def goods_for_the_catalogue() -> dict[str, Any]:
    """A product with a picture, an empty category, a tax class with a rate to come, a way to deliver, a day off."""
    sourdough = factories.product("Sourdough", picture=PICTURE, thumbnail=PICTURE)
    tax = factories.tax_class("standard")
    rate = factories.saved(TaxRate(tax_class_id=tax.id, rate=Decimal("0.3"), valid_from=date(2999, 1, 1)))
    return {
        "product_id": sourdough.id,
        "sku": sourdough.sku,
        "name": PICTURE,
        "category_id": factories.category("Rolls").id,
        "slug": factories.category("Rolls").slug,
        "list_id": factories.price_list("Cafes").id,
        "tax_class_id": tax.id,
        "rate_id": rate.id,
        "method_id": factories.delivery_method("Our van").id,
        "closed_day_id": factories.saved(ClosedDay(day=date(2999, 1, 1))).id,
    }


def link_of(kind: TokenKind, person: User) -> str:
    return links.issue(kind, person, seed="a test", secret_key="a test", at=clock.now())


def key_text(app: Flask, *permissions: str, customer_id: int | None = None) -> str:
    """The text of a key that may do this, for one customer or for all."""
    with app.app_context():
        _, text = factories.api_key(*permissions, customer_id=customer_id, by=SYSTEM)
    return text
