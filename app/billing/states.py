"""Where the money of an order stands: derived from its papers and payments, and kept nowhere."""

from enum import StrEnum
from typing import Self


class PaymentState(StrEnum):
    """A value for programs, and how people read it. What is unpaid is called by the way it will be paid."""

    word: str

    def __new__(cls, value: str, word: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member

    UNPAID = "unpaid", "Unpaid"
    AUTHORISED = "authorised", "Authorised"
    PAID = "paid", "Paid"
    PART_REFUNDED = "part_refunded", "Part refunded"
    REFUNDED = "refunded", "Refunded"
    DUE = "due", "Due"
    OVERDUE = "overdue", "Overdue"
    NOTHING_DUE = "nothing_due", "Nothing due"
