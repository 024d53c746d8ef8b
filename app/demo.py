"""Loading Millrace: people, two customers, and what is needed to try everything."""

from app.accounts.models import Customer, CustomerStatus, User, UserKind
from app.accounts.parts import passwords
from app.accounts.queries import people
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import record
from app.core.business import setting
from app.core.database import db
from app.core.transaction import use_case
from app.millrace import BUSINESS, CUSTOMERS, DEMO_PASSWORD, PEOPLE, DemoPerson


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
    password_hash = passwords().hashed(DEMO_PASSWORD)
    for person in PEOPLE:
        _user(person, customers, password_hash)
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
    record("customer.created", customer, by=SYSTEM, diff={"name": [None, name]})
    return customer


def _user(person: DemoPerson, customers: dict[str, Customer], password_hash: str) -> None:
    user = User(
        email=person.email,
        name=person.name,
        kind=UserKind.BUYER if person.customer else UserKind.STAFF,
        customer=customers.get(person.customer or ""),
        password_hash=password_hash,
        email_verified_at=clock.now(),
        roles=people.roles_called([person.role]),
        prefs={},
    )
    db.session.add(user)
    record("user.created", user, by=SYSTEM, diff={"email": [None, user.email], "roles": [[], [person.role]]})
