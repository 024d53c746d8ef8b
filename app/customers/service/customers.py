"""Adding a customer and changing what is agreed with one."""

import re
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import TypedDict, Unpack

from app.accounts.models import Customer, CustomerStatus
from app.accounts.service.applications import with_free_code
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import refusing, use_case
from app.customers.queries import customers
from app.customers.words import PAYMENT_TERMS, TAX_TREATMENTS

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,23}")


class Facts(TypedDict, total=False):
    """What is known of a customer and agreed with it."""

    name: str
    code: str
    phone: str
    invoice_email: str
    tax_id: str
    tax_treatment: str
    price_list_id: int | None
    payment_terms: str
    credit_limit: Decimal
    po_required: bool
    min_order_net: Decimal | None
    auto_confirm: bool
    account_manager_id: int | None
    note: str


@use_case
def create(*, by: Viewer, **facts: Unpack[Facts]) -> Customer:
    """Somebody we know may order at once; without a code it gets one made of its name."""
    _refuse_what_is_wrong(facts)
    known = {name: value for name, value in facts.items() if name != "code"}
    known |= {"status": CustomerStatus.ACTIVE, "created_by": by.user_id, "updated_by": by.user_id}
    if facts.get("code"):
        customer = Customer(code=facts["code"], **known)
        with _code_unique(customer.code):
            db.session.add(customer)
    else:
        customer = with_free_code(**known)
    told: audit.Diff = {"code": [None, customer.code], "name": [None, customer.name]}
    audit.record("customer.created", customer, by=by, diff=told)
    return customer


@use_case
def edit(known_as: str, /, *, version: int, by: Viewer, **facts: Unpack[Facts]) -> Customer:
    customer = to_change(known_as, version=version, by=by)
    _refuse_what_is_wrong(facts)
    with _code_unique(facts.get("code", customer.code)):
        for name, value in facts.items():
            setattr(customer, name, value)
        customer.mark_edited(by.user_id)
        diff = audit.changes_of(customer)
    audit.record("customer.edited", customer, by=by, diff=diff)
    return customer


def to_change(code: str, *, version: int, by: Viewer) -> Customer:
    """Locked, and as the person saw it."""
    customer = customers.customer_seen_by(by, code, locked=True)
    customer.expect(version)
    return customer


def _code_unique(code: str) -> AbstractContextManager[None]:
    """The index decides who was first; the transaction lives on, so that the form can be shown again."""
    return refusing(uq_customer_code=Refused(f"Another customer has the code {code}.", field="code"))


def _refuse_what_is_wrong(facts: Facts) -> None:
    if facts.get("code") and not CODE.fullmatch(facts["code"]):
        raise Refused("Use capital letters, digits and hyphens, like COPPER-KETTLE.", field="code")
    if "payment_terms" in facts and facts["payment_terms"] not in PAYMENT_TERMS:
        raise Refused("Choose one of the payment terms.", field="payment_terms")
    if "tax_treatment" in facts and facts["tax_treatment"] not in TAX_TREATMENTS:
        raise Refused("Choose one of the tax treatments.", field="tax_treatment")
    _refuse_whom_it_cannot_have(facts)


def _refuse_whom_it_cannot_have(facts: Facts) -> None:
    manager, price_list = facts.get("account_manager_id"), facts.get("price_list_id")
    if manager is not None and not customers.is_a_manager(manager):
        raise Refused("Choose one of our own people who can sign in.", field="account_manager_id")
    if price_list is not None and not customers.is_a_price_list_to_choose(price_list):
        raise Refused("Choose one of the price lists.", field="price_list_id")
