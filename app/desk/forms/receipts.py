"""Money that came in by bank: what is written down of it, and how much of it goes where."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask import request

from app.billing.models.money import LONGEST_NOTE, LONGEST_REFERENCE
from app.billing.service.receiving import WHY
from app.billing.suggestion import Payable
from app.core.errors import Refusal, Refused
from app.orders.service.using_receipts import Offer
from app.web import fields
from app.web.forms import Form

BOX = re.compile(r"pays_([A-Z0-9-]{1,18})")


class ReceiptForm(Form):
    doing = "to record this receipt"
    amount = fields.amount("Amount", missing="Type how much came in, like 250.00.")
    received_on = fields.day("Day it came in", missing="Choose the day it came in.")
    reference = fields.text("Reference", longest=LONGEST_REFERENCE, autocomplete="off")
    note = fields.text("Note", longest=LONGEST_NOTE, autocomplete="off")


class ReverseForm(Form):
    doing = "to reverse this receipt"
    reason = fields.text("Reason", missing=WHY, longest=LONGEST_NOTE, autocomplete="off")


class PayBackForm(Form):
    doing = "to pay it back"
    seen = fields.amount("Amount", missing="Look at the amount again.")
    reason = fields.text("Reason", missing=WHY, longest=LONGEST_NOTE, autocomplete="off")


class AllocateForm(Form):
    """A box for each invoice and order joins these, named by its number."""

    doing = "to allocate it"

    @classmethod
    def of(cls, offer: Offer) -> "AllocateForm":
        """As it is suggested, until somebody says otherwise.

        What was sent for something that is not open any more stays, and is refused by name.
        """
        names = {one.name for one in offer.payables} | set(_sent())
        boxes = {_box(name): fields.amount(name) for name in names}
        kind: type[AllocateForm] = type("AllocateForm", (cls,), boxes)
        return kind(data={_box(name): amount for name, amount in offer.amounts.items()})

    def amounts(self) -> Mapping[str, Decimal]:
        """What was typed for each, by number."""
        typed = {
            match[1]: field.data for name, field in self._fields.items() if (match := BOX.fullmatch(name))
        }
        return {name: amount for name, amount in typed.items() if amount}

    @property
    def total(self) -> Decimal:
        return sum(self.amounts().values(), Decimal(0))

    def box_of(self, payable: Payable) -> Any:
        return self[_box(payable.name)]

    def show(self, refusal: Refusal) -> None:
        """What is refused about one of them stands beside its box."""
        what, _, name = (refusal.field or "").partition(".")
        super().show(Refused(refusal.message, field=_box(name)) if what == "pays" else refusal)


def _sent() -> Iterator[str]:
    """Numbers for which an amount was sent."""
    for name, value in request.form.items():
        if value.strip() and (match := BOX.fullmatch(name)):
            yield match[1]


def _box(name: str) -> str:
    return f"pays_{name}"
