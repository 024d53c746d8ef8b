"""Millrace, the demo business: people, two customers, and what is needed to try everything."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from app.accounts.models import Customer, CustomerStatus, User, UserKind
from app.accounts.passwords import DEMO_PASSWORD
from app.accounts.queries import people
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import record
from app.core.business import setting
from app.core.database import db
from app.core.transaction import use_case


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody the demo's sign-in page offers."""

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
CUSTOMERS = {"COPPER-KETTLE": "Copper Kettle Café", "NORTHGATE": "Northgate Deli"}
BUSINESS = {
    "name": "Millrace Wholesale",
    "short_name": "Millrace",
    "tagline": "Coffee and bakery for the trade",
    "phone": "0113 496 0182",
    "email": "orders@millrace.example",
    "opening_hours": "Monday to Saturday, 06:00 to 16:00",
    "address": "Millrace Wholesale\n4 Foundry Lane\nLeeds\nLS9 8AA",
    "tax_id": "GB 123 4567 89",
    "bank_name": "Aire Valley Bank",
    "bank_account": "12345678",
    "bank_sort_code": "00-00-00",
    "currency": "GBP",
    "time_zone": "Europe/London",
}


def demo_sign_in(demo: bool) -> dict[str, Any]:
    """What the sign-in page needs to offer the demo people with one click; nothing outside the demo."""
    return {"demo_people": PEOPLE, "demo_password": DEMO_PASSWORD} if demo else {"demo_people": ()}


@use_case
def load() -> bool:
    """Once: False when Millrace is already here."""
    if people.person_called(PEOPLE[0].email):
        return False
    row = setting()
    if row is not None:
        for name, value in BUSINESS.items():
            setattr(row, name, value)
    customers = {code: _customer(code, name) for code, name in CUSTOMERS.items()}
    password_hash = current_app.extensions["passwords"].hashed(DEMO_PASSWORD)
    for person in PEOPLE:
        db.session.add(_user(person, customers, password_hash))
    return True


def _customer(code: str, name: str) -> Customer:
    customer = Customer(
        code=code,
        name=name,
        status=CustomerStatus.ACTIVE,
        payment_terms="net30",
        credit_limit=5000,
        invoice_email=next(person.email for person in PEOPLE if person.customer == code),
    )
    db.session.add(customer)
    db.session.flush()
    record("customer.created", customer, by=SYSTEM, diff={"name": [None, name]})
    return customer


def _user(person: DemoPerson, customers: dict[str, Customer], password_hash: str) -> User:
    return User(
        email=person.email,
        name=person.name,
        kind=UserKind.BUYER if person.customer else UserKind.STAFF,
        customer=customers.get(person.customer or ""),
        password_hash=password_hash,
        email_verified_at=clock.now(),
        roles=people.roles_called([person.role]),
        prefs={},
    )
