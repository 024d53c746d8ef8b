"""What changes a customer's balance, in words: the same on the page, in the file and in the PDF."""

from enum import IntEnum
from typing import Protocol, Self


class Kind(IntEnum):
    """In this order where they happen on one day."""

    word: str

    def __new__(cls, value: int, word: str = "") -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member

    INVOICE = 1, "Invoice"
    CREDIT_NOTE = 2, "Credit note"
    RECEIPT = 3, "Bank transfer"
    RECEIPT_REVERSED = 4, "Bank transfer taken back"
    CARD_PAYMENT = 5, "Card payment"
    REFUND = 6, "Refund"

    @property
    def code(self) -> str:
        return self.name.lower()


class Line(Protocol):
    """`words` are a reference, a reason, or the card."""

    @property
    def kind(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def order_number(self) -> int | None: ...
    @property
    def words(self) -> str: ...


def kind_of(line: Line) -> str:
    return Kind(line.kind).word


def about(line: Line) -> str:
    """Beside its kind and its number."""
    order = f"Order {line.order_number}" if line.order_number else ""
    return ", ".join(word for word in (order, line.words) if word)
