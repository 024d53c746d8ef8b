"""Customers: a row is a customer, and perhaps one of its buyers and one of its addresses."""

import re

from app.accounts.models import CustomerStatus
from app.core.access import Permission
from app.customers.service.addresses import COUNTRIES
from app.customers.service.customers import CODE
from app.customers.words import PAYMENT_TERMS, TAX_TREATMENTS
from app.imports import columns
from app.imports.columns import Column, Values
from app.imports.kinds.kind import Kind, Problems
from app.imports.models import ImportKind

CODE_TOLD = "A code has capital letters, digits and dashes, like COPPER-KETTLE."
BUYER, ADDRESS = "buyer_", "address_"
LIKE_COUNTRY = re.compile("|".join(COUNTRIES))
ADDRESS_SAYS = {
    "address_line1": "An address needs its first line.",
    "address_city": "An address needs its town.",
    "address_postcode": "An address needs its postcode.",
    "address_country": "Write the country in two letters, like GB.",
    "address_billing": "Say yes or no.",
    "address_shipping": "Say yes or no.",
}

customer_code = columns.in_capitals(
    columns.code(24, missing="Every row needs the code of its customer.", like=CODE, told=CODE_TOLD)
)
country = columns.in_capitals(columns.code(2, like=LIKE_COUNTRY, told=ADDRESS_SAYS["address_country"]))


def parts_are_whole(values: Values) -> Problems:
    """What is said about a buyer or an address needs the buyer or the address."""
    problems = {}
    for part, name in ((BUYER, "buyer_email"), (ADDRESS, "address_label")):
        said = [column for column in values if column.startswith(part) and values[column] not in {"", "no"}]
        if said and not values.get(name):
            problems[said[0]] = f"This needs “{name}” beside it."
    if values.get("address_label"):
        empty = (name for name in ADDRESS_SAYS if values.get(name) == "")
        problems |= {name: ADDRESS_SAYS[name] for name in empty}
    return problems


CUSTOMERS = Kind(
    name=ImportKind.CUSTOMERS,
    label="Customers",
    one="customer",
    permission=Permission.CUSTOMERS_WRITE,
    key=("code", "buyer_email", "address_label", "address_line1"),
    rule=parts_are_whole,
    advice=(
        "A customer with several buyers or addresses has a row for each, with the same facts. "
        "Buyers get no mail from an import: invite them from their own page."
    ),
    columns=(
        Column("code", "Capital letters, digits and dashes. Never changed.", customer_code, is_needed=True),
        Column("name", "Text", columns.line(120, missing="A customer needs a name."), is_needed_if_new=True),
        Column("status", "applied, active, on_stop or closed", columns.choice(CustomerStatus)),
        Column("phone", "Text", columns.code(40)),
        Column("invoice_email", "Email address", columns.email),
        Column("tax_id", "Text", columns.code(40)),
        Column("tax_treatment", "standard, exempt or zero", columns.choice(TAX_TREATMENTS)),
        Column("payment_terms", "prepay, net7, net14, net30 or net60", columns.choice(PAYMENT_TERMS)),
        Column("credit_limit", "Like 2500.00", columns.amount(places=2)),
        Column("po_required", "yes or no", columns.yes_no),
        Column("min_order_net", "Like 50.00, or empty", columns.amount(places=2, may_be_empty=True)),
        Column("auto_confirm", "yes or no", columns.yes_no),
        Column("price_list", "The code of a price list, or empty", columns.line(24)),
        Column("account_manager", "Email address of one of our staff, or empty", columns.email),
        Column("note", "Text", columns.lines(500)),
        Column("buyer_email", "Email address of a buyer, or empty", columns.email, default=""),
        Column("buyer_name", "Text", columns.line(120)),
        Column("buyer_phone", "Text", columns.code(40)),
        Column("address_label", "Text, like Shop; or empty", columns.line(40), default=""),
        Column("address_line1", "Text", columns.line(120)),
        Column("address_line2", "Text", columns.line(120)),
        Column("address_city", "Text", columns.line(60)),
        Column("address_postcode", "Text", columns.code(12)),
        Column("address_country", "Two letters, like GB", country),
        Column("address_billing", "yes for the usual one, or no", columns.optional(columns.yes_no)),
        Column("address_shipping", "yes for the usual one, or no", columns.optional(columns.yes_no)),
        Column("address_instructions", "Text", columns.lines(300)),
    ),
)
FACTS = tuple(name for name in CUSTOMERS.column if not name.startswith((BUYER, ADDRESS)))
