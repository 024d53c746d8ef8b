"""What buyers type about an order: at the checkout, and when they send something back."""

import re
from collections.abc import Iterable, Sequence

from flask import request

from app.core.errors import Refusal, Refused
from app.core.tokens import fingerprint
from app.customers.models import Address
from app.orders.act_forms import LinesForm
from app.orders.forms import LOOK_AGAIN, PlacingFields
from app.shop.forms import QuantitiesForm
from app.web.fields import note
from app.web.forms import ONCE

LINE = re.compile(r"items\.([0-9]{1,3})\.[a-z_]+")
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


class SendBackForm(LinesForm):
    """How many of each line, and what is wrong with them."""

    doing = "to send something back"
    reason = note("What is wrong with it", longest=LONGEST_COMPLAINT)
