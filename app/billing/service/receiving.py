"""Money that comes in by bank: written down, used for invoices, taken back from them, or reversed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from app.billing.models import Receipt
from app.billing.models.money import LONGEST_NOTE, LONGEST_REFERENCE
from app.billing.queries import payable
from app.billing.queries.money import Source, SourceKind, Use, UseKind, paid_for
from app.billing.queries.receipts import receipt_locked
from app.billing.service import settling
from app.core import audit
from app.core.access import Viewer
from app.core.amounts import LARGEST
from app.core.business import business
from app.core.clock import business_day
from app.core.database import db
from app.core.errors import Conflict, Refused, Several
from app.core.money import money
from app.core.transaction import use_case
from app.customers.queries.customers import customer_seen_by

OLDEST = timedelta(days=730)
REVERSED = "This receipt is reversed already."
WHY = "Say why, in a few words."


@use_case
def record(
    customer_code: str,
    *,
    amount: Decimal,
    received_on: date,
    by: Viewer,
    on: date,
    reference: str = "",
    note: str = "",
) -> Receipt:
    """So much came in on that day. It has paid nothing yet."""
    customer = customer_seen_by(by, customer_code)
    _refuse_what_cannot_have_come(amount, received_on, on)
    _refuse_too_long(reference, LONGEST_REFERENCE, "reference")
    _refuse_too_long(note, LONGEST_NOTE, "note")
    receipt = Receipt(
        customer_id=customer.id,
        amount=amount,
        unused=amount,
        received_on=received_on,
        reference=reference,
        note=note,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    db.session.add(receipt)
    audit.record("receipt.recorded", receipt, by=by)
    return receipt


@use_case
def allocate(receipt_id: int, amounts: Mapping[str, Decimal], *, by: Viewer, on: date) -> Receipt:
    """So much of it pays each of these invoices, by their numbers: all of it or nothing."""
    receipt = receipt_locked(receipt_id)
    refuse_more_than_is_left(receipt, sum(amounts.values(), Decimal(0)))
    invoices = payable.invoices_locked(receipt.customer_id, amounts.keys())
    refuse_what_is_not_open(amounts, {row.number: row for row in invoices})
    for row in invoices:
        _settle(receipt, row.id, amounts[row.number], by=by, on=on)
        note_use("receipt.allocated", receipt, row.number, amounts[row.number], by=by)
    return receipt


@use_case
def take_back(receipt_id: int, number: str, *, by: Viewer, on: date) -> Decimal:
    """All that it paid of an invoice is unused again, and open there."""
    receipt = receipt_locked(receipt_id)
    found = payable.invoices_locked(receipt.customer_id, [number])
    amount = sum((paid_of(receipt, Use(UseKind.INVOICE, row.id)) for row in found), Decimal(0))
    if not amount:
        raise Conflict(f"It does not pay {number} any more.")
    _settle(receipt, found[0].id, -amount, by=by, on=on)
    note_use("receipt.taken_back", receipt, number, amount, by=by)
    return amount


@use_case
def reverse(receipt_id: int, *, reason: str, by: Viewer, at: datetime) -> Receipt:
    """It never came, or was entered by mistake: it stays in the list, and counts for nothing."""
    if not reason:
        raise Refused(WHY, field="reason")
    _refuse_too_long(reason, LONGEST_NOTE, "reason")
    receipt = receipt_locked(receipt_id)
    if receipt.reversed_at:
        raise Conflict(REVERSED)
    if receipt.unused != receipt.amount:
        raise Conflict(f"{_words(receipt.amount - receipt.unused)} of it is used. Take that back first.")
    receipt.unused, receipt.reversal_reason = Decimal(0), reason
    receipt.reversed_at, receipt.reversed_on = at, business_day(at, business().time_zone)
    receipt.mark_edited(by.user_id)
    told: audit.Diff = {"amount": [str(receipt.amount), None], "reason": [None, reason]}
    audit.record("receipt.reversed", receipt, by=by, diff=told)
    return receipt


def refuse_more_than_is_left(receipt: Receipt, amount: Decimal) -> None:
    """It is locked."""
    if receipt.reversed_at:
        raise Conflict(REVERSED)
    if not amount:
        raise Refused("Type how much to use, of one or more of them.")
    if amount > receipt.unused:
        raise Refused(f"That uses {_words(amount)}, and {_words(receipt.unused)} of the receipt is left.")


def paid_of(receipt: Receipt, use: Use) -> Decimal:
    """How much of it pays this, as it stands."""
    mine = Source(SourceKind.RECEIPT, receipt.id)
    return next((paid.amount for paid in paid_for(use) if paid.source == mine), Decimal(0))


def note_use(action: str, receipt: Receipt, what: str, amount: Decimal, *, by: Viewer) -> None:
    """`what` is the number of an invoice or of an order."""
    receipt.mark_edited(by.user_id)
    audit.record(action, receipt, by=by, diff={"for": [None, what], "amount": [None, str(amount)]})


def _settle(receipt: Receipt, invoice_id: int, amount: Decimal, *, by: Viewer, on: date) -> None:
    source, use = Source(SourceKind.RECEIPT, receipt.id), Use(UseKind.INVOICE, invoice_id)
    settling.settle(source, use, amount, customer_id=receipt.customer_id, by=by, on=on)


def _refuse_what_cannot_have_come(amount: Decimal, received_on: date, on: date) -> None:
    if not 0 < amount <= LARGEST:
        raise Refused("Type an amount above 0, like 250.00.", field="amount")
    if received_on > on:
        raise Refused("That day is still to come. Choose today or a day before.", field="received_on")
    if received_on < on - OLDEST:
        raise Refused("That is more than two years ago. Check the year.", field="received_on")


def _refuse_too_long(text: str, longest: int, field: str) -> None:
    if len(text) > longest:
        raise Refused(f"Use {longest} characters or fewer.", field=field)


def refuse_what_is_not_open(
    amounts: Mapping[str, Decimal], invoices: Mapping[str, Row[*tuple[Any, ...]]]
) -> None:
    """All of them are looked at before one is paid."""
    wrong = [
        Refused(words, field=f"pays.{number}")
        for number, amount in amounts.items()
        if (words := _why_not(number, amount, invoices.get(number)))
    ]
    if wrong:
        raise Several("Nothing is allocated. Look at the amounts again.", wrong)


def _why_not(number: str, amount: Decimal, invoice: Row[*tuple[Any, ...]] | None) -> str:
    if invoice is None:
        return f"{number} is not an invoice of this customer."
    if amount <= 0:
        return "Type an amount above 0, or leave it empty."
    return f"{number} has {_words(invoice.open)} open." if amount > invoice.open else ""


def _words(amount: Decimal) -> str:
    return money(amount, business().currency)
