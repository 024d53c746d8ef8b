"""Money that pays nothing yet is used for invoices, or paid back by bank."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.billing.models import Refund, RefundStatus
from app.billing.models.money import LONGEST_NOTE
from app.billing.queries.money import Source, SourceKind, Use, UseKind
from app.billing.queries.payable import open_invoices
from app.billing.queries.unused import Unused, unused_locked
from app.billing.service import settling
from app.billing.service.receiving import WHY, refuse_what_is_not_open
from app.billing.suggestion import Payable, named_in
from app.core import audit
from app.core.access import Viewer
from app.core.business import business
from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.money import money
from app.core.transaction import use_case

NOTHING = "Nothing of it is left."


def could_pay(found: Unused) -> list[Payable]:
    """The customer's open invoices, the oldest due first."""
    payables = open_invoices(found.customer_id, named=named_in(""), amount=found.left)
    return sorted(payables, key=lambda one: (one.due_on, one.name))


@use_case
def spend(source: Source, amounts: Mapping[str, Decimal], *, by: Viewer, on: date) -> None:
    """So much of it pays each of these invoices, by their numbers: all of it or nothing."""
    found, invoices = unused_locked(source, amounts.keys())
    _refuse_more_than_is_left(found, sum(amounts.values(), Decimal(0)))
    refuse_what_is_not_open(amounts, {row.number: row for row in invoices})
    for row in invoices:
        amount, use = amounts[row.number], Use(UseKind.INVOICE, row.id)
        settling.settle(source, use, amount, customer_id=found.customer_id, by=by, on=on)
        told: audit.Diff = {"for": [None, row.number], "amount": [None, str(amount)]}
        audit.record(f"{source.kind}.used", found.row, by=by, diff=told)


@use_case
def pay_back(source: Source, *, seen: Decimal, reason: str, by: Viewer, on: date) -> Refund:
    """All that is left of it, by bank: somebody makes the transfer, and we note it."""
    if not reason:
        raise Refused(WHY, field="reason")
    if len(reason) > LONGEST_NOTE:
        raise Refused(f"Use {LONGEST_NOTE} characters or fewer.", field="reason")
    found, _ = unused_locked(source)
    _expect_as_seen(found, seen)
    refund = _noted(found, reason, on)
    use = Use(UseKind.REFUND, refund.id)
    settling.settle(source, use, refund.amount, customer_id=found.customer_id, by=by, on=on)
    told: audit.Diff = {"amount": [None, str(refund.amount)], "reason": [None, reason]}
    audit.record(f"{source.kind}.paid_back", found.row, by=by, diff=told)
    return refund


def _noted(found: Unused, reason: str, on: date) -> Refund:
    refund = Refund(
        customer_id=found.customer_id,
        order_id=found.order_id,
        credit_id=found.source.id if found.source.kind is SourceKind.CREDIT else None,
        amount=found.left,
        status=RefundStatus.DONE,
        refunded_on=on,
        reason=reason,
    )
    db.session.add(refund)
    db.session.flush()
    return refund


def _refuse_more_than_is_left(found: Unused, amount: Decimal) -> None:
    if not found.left:
        raise Conflict(NOTHING)
    if not amount:
        raise Refused("Type how much to use, of one or more of them.")
    if amount > found.left:
        raise Refused(f"That uses {_words(amount)}, and {_words(found.left)} is left.")


def _expect_as_seen(found: Unused, seen: Decimal) -> None:
    if not found.left:
        raise Conflict(NOTHING)
    if found.left != seen:
        raise Conflict(f"{_words(found.left)} is left by now. Look at it again.")


def _words(amount: Decimal) -> str:
    return money(amount, business().currency)
