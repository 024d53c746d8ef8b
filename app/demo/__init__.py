"""Loading Millrace: people, customers, catalogue, prices, stock and orders, to try everything with."""

from dataclasses import replace
from datetime import datetime

from app.accounts.models import Customer, CustomerStatus, User, UserKind
from app.accounts.parts import passwords
from app.accounts.queries import people
from app.catalogue.queries import prices
from app.core import clock
from app.core.access import ANONYMOUS, SYSTEM
from app.core.audit import record
from app.core.business import read_business, setting
from app.core.database import db
from app.core.transaction import use_case
from app.customers.models import Address
from app.customers.queries.customers import customer_seen_by
from app.customers.service import standing
from app.demo import catalogue, orders, shelves
from app.demo.customers import APPLICANT, CLOSED, CUSTOMERS, ON_STOP, DemoApplicant, DemoCustomer
from app.demo.orders import Wanted
from app.millrace import BUSINESS, DEMO_PASSWORD, PEOPLE, DemoPerson

ORDERS, DAYS = 400, 125


@use_case
def load() -> bool:
    """Once: False when Millrace is already here."""
    if people.person_called(PEOPLE[0].email):
        return False
    row = setting()
    if row is not None:
        for name, value in BUSINESS.items():
            setattr(row, name, value)
        db.session.flush()
        read_business()
    now, zone = clock.now(), BUSINESS["time_zone"]
    customers = {one.code: _customer(one) for one in CUSTOMERS} | {APPLICANT.code: _applicant()}
    password_hash = passwords().hashed(DEMO_PASSWORD)
    everybody = (*PEOPLE, *_further_buyers())
    users = {person.email: _user(person, customers, password_hash) for person in everybody}
    db.session.flush()
    for one in CUSTOMERS:
        customers[one.code].account_manager_id = users[one.manager].id if one.manager else None
    _stand_differently(at=now)
    today = clock.business_day(now, zone)
    products = catalogue.load(customers, prices.base_list(), on=today)
    shelves.load(products, at=now, zone=zone)
    db.session.flush()
    orders.load(db.session.connection(), Wanted(ORDERS, DAYS, in_bulk=False))
    return True


def _further_buyers() -> list[DemoPerson]:
    """Those who do not greet on the sign-in page."""
    buyers = [DemoPerson(_email(one), one.buyer, "", "buyer", one.code) for one in CUSTOMERS if one.buyer]
    return [*buyers, DemoPerson(_email(APPLICANT), APPLICANT.buyer, "", "customer_admin", APPLICANT.code)]


def _email(one: DemoCustomer | DemoApplicant) -> str:
    return f"{one.buyer.split()[0].lower()}@{one.code.lower()}.example"


def _customer(one: DemoCustomer) -> Customer:
    customer = Customer(
        code=one.code,
        name=one.name,
        status=CustomerStatus.ACTIVE,
        payment_terms=one.terms,
        credit_limit=one.limit,
        invoice_email=_invoice_email(one),
    )
    db.session.add(customer)
    db.session.flush()
    db.session.add(
        Address(
            customer_id=customer.id,
            label="Main door",
            line1=one.street,
            city=one.city,
            postcode=one.postcode,
            is_default_billing=True,
            is_default_shipping=True,
        )
    )
    record("customer.created", customer, by=SYSTEM, diff={"name": [None, one.name]})
    return customer


def _applicant() -> Customer:
    customer = Customer(
        code=APPLICANT.code,
        name=APPLICANT.name,
        status=CustomerStatus.APPLIED,
        phone=APPLICANT.phone,
        tax_id=APPLICANT.tax_id,
        invoice_email=_email(APPLICANT),
    )
    db.session.add(customer)
    record("customer.applied", customer, by=ANONYMOUS, diff={"name": [None, customer.name]})
    return customer


def _stand_differently(*, at: datetime) -> None:
    """Not everybody may order: one has not paid, one has gone."""
    hana = replace(SYSTEM, name=PEOPLE[0].name)
    for reasons, verb in ((ON_STOP, standing.put_on_stop), (CLOSED, standing.close)):
        for code, reason in reasons.items():
            version = customer_seen_by(hana, code).version
            verb(code, reason=reason, version=version, by=hana, at=at)


def _invoice_email(one: DemoCustomer) -> str:
    greeting = (person.email for person in PEOPLE if person.customer == one.code)
    return next(greeting, f"accounts@{one.code.lower()}.example")


def _user(person: DemoPerson, customers: dict[str, Customer], password_hash: str) -> User:
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
    return user
