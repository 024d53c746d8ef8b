"""Quantities as people type them: many boxes of one page, of which only those that changed count."""

from collections.abc import Mapping, Sequence

from flask import request

from app.catalogue.quantities import LARGEST
from app.core.errors import Refused
from app.orders.forms import BoxesForm
from app.orders.quick import Line
from app.orders.service.pads import LONGEST_NAME
from app.orders.typed import pairs_in
from app.web import fields
from app.web.forms import Form


class QuantitiesForm(BoxesForm):
    """`was` says what stood in the boxes, so that a page which has been open for long takes nothing out that
    another one put in.
    """

    doing = "to fill your basket"

    def __init__(self) -> None:
        super().__init__()
        was = dict(pairs_in(request.form.get("was", "")))
        self.wanted = {one: number for one, number in self.boxes.items() if number != was.get(one, 0)}
        self.typed |= {one: str(number) for one, number in self.wanted.items()}


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
