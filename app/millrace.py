"""Millrace, the demo business, in plain words: bin/run greets with its people, `demo` loads it."""

from dataclasses import dataclass

DEMO_PASSWORD = "perforated-canary-slip"  # noqa: S105 - public on purpose: only the demo accepts it


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to be: the greeting and the sign-in page offer them."""

    email: str
    name: str
    what: str
    role: str
    customer: str | None = None


PEOPLE = (
    DemoPerson("owner@millrace.example", "Hana Whitlock", "Owner and administrator", "admin"),
    DemoPerson("tom@millrace.example", "Tom Ridley", "Order desk", "order_clerk"),
    DemoPerson("wanda@millrace.example", "Wanda Price", "Warehouse", "warehouse"),
    DemoPerson("amir@millrace.example", "Amir Shah", "Accounts", "accounts"),
    DemoPerson(
        "maya@copperkettle.example",
        "Maya Osei",
        "Buyer, Copper Kettle Café",
        "customer_admin",
        "COPPER-KETTLE",
    ),
    DemoPerson(
        "ben@northgatedeli.example", "Ben Farrow", "Buyer, Northgate Deli", "customer_admin", "NORTHGATE"
    ),
)
BUSINESS = {
    "name": "Millrace Wholesale",
    "short_name": "Millrace",
    "tagline": "Coffee and bakery for the trade",
    "phone": "0113 496 0182",
    "email": "orders@millrace.example",
    "opening_hours": "Monday to Saturday, 06:00 to 16:00",
    "address": "Millrace Wholesale\n4 Foundry Lane\nLeeds\nLS9 8AA",
    "tax_id": "GB 123 4567 89",
    "registration": "Registered in England 00000000",
    "bank_name": "Aire Valley Bank",
    "bank_account": "12345678",
    "bank_sort_code": "00-00-00",
    "currency": "GBP",
    "time_zone": "Europe/London",
}
