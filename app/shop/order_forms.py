"""What buyers type about an order: at the checkout, and when they cancel it or send something back."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask import request

from app.core.errors import Refusal, Refused
from app.core.tokens import fingerprint
from app.customers.models import Address
from app.orders.forms import LOOK_AGAIN, PlacingFields
from app.orders.models.orders import LONGEST_NOTES, LONGEST_REASON
from app.shop.forms import QuantitiesForm
from app.web.fields import note, text
from app.web.forms import ONCE, Form, VersionedForm

LINE = re.compile(r"items\.([0-9]{1,3})\.[a-z_]+")
SENT_BACK = re.compile(r"line-([0-9]{1,3})")
WHOLE = re.compile(r"[0-9]{1,6}")
LONGEST_COMPLAINT = 500


class CheckoutForm(PlacingFields, QuantitiesForm):
    """The basket's boxes, and what is said once for the whole order."""

    doing = "to place your order"

    def __init__(self) -> None:
        super().__init__()
        self._refused_lines: dict[int, str] = {}

    @property
    def submission_key(self) -> str:
        """Of the page: whatever is typed into it and however often it is sent, it makes one order."""
        token = request.form.get(ONCE)
        if not token:
            raise Refused(LOOK_AGAIN)
        return fingerprint(token)

    def offer(self, addresses: Iterable[Address]) -> None:
        self.address_id.offer(
            (str(one.id), f"{one.label}, {one.line1}, {one.city} {one.postcode}") for one in addresses
        )

    def show(self, refusal: Refusal) -> None:
        super().show(refusal)
        line = LINE.fullmatch(refusal.field or "")
        if line:
            self._refused_lines[int(line[1])] = refusal.message

    def tell_lines(self, product_ids: Sequence[int]) -> None:
        """What was refused about a line stands beside its box."""
        known = {number: text for number, text in self._refused_lines.items() if number < len(product_ids)}
        self.problems |= {product_ids[number]: text for number, text in known.items()}


class CancelForm(VersionedForm):
    """Why an order is not wanted any more."""

    doing = "to cancel the order"

    reason = text("Why", missing="Say why, in a few words.", longest=LONGEST_REASON)


class NoteForm(Form):
    """Something that the desk should know."""

    doing = "to send your note"

    text = note("Note to the order desk", longest=LONGEST_NOTES)


class SendBackForm(Form):
    """How many of each line, and what is wrong with them."""

    doing = "to send something back"

    reason = note("What is wrong with it", longest=LONGEST_COMPLAINT)

    def __init__(self) -> None:
        super().__init__()
        self.typed = {
            int(found[1]): request.form[found[0]].strip()
            for found in map(SENT_BACK.fullmatch, request.form)
            if found
        }
        self.problems: dict[int, str] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        is_right = super().validate(extra_validators)
        for line, typed in self.typed.items():
            if typed and not WHOLE.fullmatch(typed):
                self.show(Refused("Type a whole number, like 2.", field=f"lines.{line}"))
        return bool(is_right) and not self.problems

    @property
    def lines(self) -> dict[int, int]:
        """So many of each, by the number of the line."""
        return {line: int(typed or 0) for line, typed in self.typed.items()}

    def show(self, refusal: Refusal) -> None:
        super().show(refusal)
        whole, _, line = (refusal.field or "").partition(".")
        if whole == "lines" and line.isdecimal():
            self.problems[int(line)] = refusal.message
