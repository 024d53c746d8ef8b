"""Trade applications: anybody may ask for an account, an administrator says yes or no."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.accounts.models import Customer, CustomerStatus, User, UserKind
from app.accounts.passwords import Passwords
from app.accounts.queries import credentials, people
from app.core import audit, outbox
from app.core.access import ANONYMOUS, Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.tokens import fingerprint
from app.core.transaction import refusing, use_case

FIRST_ROLES = ("customer_admin",)
LONGEST_CODE = 18
APPLICATIONS_A_DAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What somebody tells us who wants to buy from us."""

    company: str
    name: str
    email: str
    password: str
    tax_id: str = ""
    phone: str = ""


def apply(application: Application, *, passwords: Passwords) -> None:
    """One answer for everybody, after the same work: an address that has an account learns so by mail."""
    passwords.judge(
        application.password, is_staff=False, known_words=[application.company, application.email]
    )
    _write_down(application, passwords.hashed(application.password))


@use_case
def _write_down(application: Application, password_hash: str) -> None:
    bucket = f"register:{fingerprint(application.email)}"
    if not credentials.take_try(bucket, tries=APPLICATIONS_A_DAY, per=timedelta(days=1)):
        return
    if not _new_customer(application, password_hash):
        outbox.promise("accounts.mail_already_registered", email=application.email)


def _new_customer(application: Application, password_hash: str) -> bool:
    """False when somebody has the address, if only since this instant: the index decides, and nothing stays.

    Asking first would be quicker, and the time would tell strangers who has an account here.
    """
    try:
        with refusing(uq_user_email=Refused("Somebody else already uses this address.")):
            customer = with_free_code(
                name=application.company,
                phone=application.phone,
                tax_id=application.tax_id,
                invoice_email=application.email,
                status=CustomerStatus.APPLIED,
            )
            buyer = _first_buyer(application, customer, password_hash)
    except Refused:
        return False
    audit.record("customer.applied", customer, by=ANONYMOUS, diff={"name": [None, customer.name]})
    outbox.promise("accounts.mail_applied", user_id=buyer.id)
    outbox.promise("accounts.mail_application_to_desk", customer_id=customer.id)
    return True


def _first_buyer(application: Application, customer: Customer, password_hash: str) -> User:
    buyer = User(
        email=application.email,
        name=application.name,
        phone=application.phone,
        kind=UserKind.BUYER,
        password_hash=password_hash,
        customer=customer,
        roles=people.roles_called(FIRST_ROLES),
        prefs={},
    )
    db.session.add(buyer)
    return buyer


@use_case
def approve(customer_id: int, *, by: Viewer, at: datetime) -> Customer:
    customer = people.customer(customer_id, locked=True)
    customer.approve()
    customer.updated_by = by.user_id
    audit.record("customer.approved", customer, by=by)
    buyer = people.first_buyer_of(customer.id)
    if buyer:
        outbox.promise("accounts.mail_welcome", dedupe_key=f"welcome:{customer.id}", user_id=buyer.id)
    return customer


def with_free_code(**facts: Any) -> Customer:
    """Two of one name at once: the index refuses the second, which then sees the first and counts on."""
    while True:
        customer = Customer(code=free_code(facts["name"]), **facts)
        try:
            with refusing(uq_customer_code=Refused("Another customer has this code.")):
                db.session.add(customer)
        except Refused:
            continue
        return customer


def free_code(name: str) -> str:
    """A short code from the name: COPPER-KETTLE, COPPER-KETTLE-2."""
    words = re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:LONGEST_CODE].strip("-") or "CUSTOMER"
    code, number = words, 1
    while people.code_is_taken(code):
        number += 1
        code = f"{words}-{number}"
    return code
