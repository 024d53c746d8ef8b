"""Quantities as people type them: many boxes of one page, of which only those that changed count."""

from collections.abc import Mapping, Sequence

from flask import request

from app.catalogue.quantities import LARGEST
from app.core.errors import Refused
from app.orders.quick import Line
from app.orders.service.pads import LONGEST_NAME
from app.orders.typed import NOT_A_NUMBER, boxes_in, pairs_in, pressed_in, quantity_in
from app.web import fields
from app.web.forms import UNPROCESSABLE, Form


class QuantitiesForm(Form):
    """Boxes are called q and the product's number. `was` says what stood in them, so that a page which has
    been open for long takes nothing out that another one put in.

    `plus` and `minus` name a product and by how much: what the buttons do where there is no script.
    """

    doing = "to fill your basket"

    def __init__(self) -> None:
        super().__init__()
        self.wanted: dict[int, int] = {}
        self.boxes: dict[int, int] = {}  # all of them, changed or not
        self.problems: dict[int, str] = {}
        self.typed: dict[int, str] = {}  # what is shown again when something is wrong
        self._read()
        if self.problems:
            self.form_errors = [NOT_A_NUMBER]

    @property
    def status(self) -> int:
        return UNPROCESSABLE if self.problems and not self.refused_with else super().status

    def _read(self) -> None:
        was, pressed = dict(pairs_in(request.form.get("was", ""))), pressed_in(request.form)
        for product_id, text in boxes_in(request.form):
            number = quantity_in(text, pressed.get(product_id, 0))
            if number is None:
                self.problems[product_id], self.typed[product_id] = NOT_A_NUMBER, text
                continue
            self.boxes[product_id] = number
            if number != was.get(product_id, 0):
                self.wanted[product_id], self.typed[product_id] = number, str(number)


class ListForm(QuantitiesForm):
    """Boxes of a list that was made for somebody: every one of them counts, and the list has the last word."""

    def __init__(self) -> None:
        super().__init__()
        self.typed = {product_id: self.typed[product_id] for product_id in self.problems}

    @property
    def was_pressed(self) -> str:
        """The button that says what to do; one of those beside a quantity says nothing."""
        return request.form.get("do", "")

    def seen_now(self, lines: Sequence[Line]) -> dict[int, int]:
        """What stood in the boxes."""
        return self.boxes

    def refuse_what_was_not_seen(self, list_now: Mapping[int, int], lines: Sequence[Line] = ()) -> None:
        """Nothing is put in but what stood on the page."""
        if list_now != {one: quantity for one, quantity in self.seen_now(lines).items() if quantity}:
            raise Refused("This is not what you looked at. Look at the lines again, then add them.")
        if not list_now:
            raise Refused("Say how many of something, then add it.")


class PadForm(Form):
    doing = "to keep this order pad"
    name = fields.text(
        "Name", missing="Type a name, like Every Friday.", longest=LONGEST_NAME, autocomplete="off"
    )


def none_of(*product_ids: int) -> str:
    """What a minus button sends that takes lines out, whatever stands in their boxes."""
    return ",".join(f"{product_id}:{LARGEST}" for product_id in product_ids)
