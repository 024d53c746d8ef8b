"""What people read about an invoice or a credit note: a tone for the badge, and the word."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from app.billing.models import DocumentKind


class InvoiceState(StrEnum):
    """What a list can be narrowed to. Of a credit note, open is what the customer may still use."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDIT = "credit"


class Standing(Protocol):
    """A row that knows what is left of it, and how much of it was credited."""

    @property
    def kind(self) -> str: ...
    @property
    def due_on(self) -> date: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def open(self) -> Decimal: ...
    @property
    def credited(self) -> Decimal: ...


class Word(NamedTuple):
    tone: str
    word: str


PAID, CREDITED, USED = Word("good", "Paid"), Word("plain", "Credited"), Word("plain", "Used")
CREDIT, DUE, OVERDUE = Word("info", "Credit left"), Word("plain", "Due"), Word("bad", "Overdue")
PART_PAID = Word("plain", "Part paid")


def state_of(paper: Standing, on: date) -> Word:
    if paper.kind == DocumentKind.CREDIT_NOTE:
        return CREDIT if paper.open else USED
    if not paper.open:
        return CREDITED if paper.credited == paper.total else PAID
    if paper.due_on < on:
        return OVERDUE
    return DUE if paper.open == paper.total else PART_PAID
