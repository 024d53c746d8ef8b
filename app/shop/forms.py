"""Quantities as people type them: many boxes of one page, of which only those that changed count."""

import re
from collections.abc import Iterator

from flask import request

from app.catalogue.quantities import LARGEST
from app.web.forms import UNPROCESSABLE, Form

BOX = re.compile(r"q([0-9]{1,18})")
MANY = 200  # boxes: more than any page of ours has
NOT_A_NUMBER = "Type a whole number, like 6. Type 0 to leave it out."


class QuantitiesForm(Form):
    """Boxes are called q and the product's number. `was` says what stood in them, so that a page which has
    been open for long takes nothing out that another one put in.

    `plus` and `minus` name a product and by how much: what the buttons do where there is no script.
    """

    doing = "to fill your basket"

    def __init__(self) -> None:
        super().__init__()
        self.wanted: dict[int, int] = {}
        self.problems: dict[int, str] = {}
        self.typed: dict[int, str] = {}  # what is shown again when something is wrong
        self._read()
        if self.problems:
            self.form_errors = [NOT_A_NUMBER]

    @property
    def status(self) -> int:
        return UNPROCESSABLE if self.problems else super().status

    def _read(self) -> None:
        was, pressed = self._was(), self._pressed()
        for product_id, text in self._boxes():
            number = _number(text)
            if number is None:
                self.problems[product_id], self.typed[product_id] = NOT_A_NUMBER, text
                continue
            number = min(max(number + pressed.get(product_id, 0), 0), LARGEST)
            if number != was.get(product_id, 0):
                self.wanted[product_id], self.typed[product_id] = number, str(number)

    def _boxes(self) -> Iterator[tuple[int, str]]:
        names = [found for found in map(BOX.fullmatch, request.form) if found]
        for found in names[:MANY]:
            yield int(found[1]), request.form[found[0]].strip()

    def _was(self) -> dict[int, int]:
        return dict(_pairs(request.form.get("was", "")))

    def _pressed(self) -> dict[int, int]:
        return {
            product_id: step * sign
            for name, sign in (("plus", 1), ("minus", -1))
            for product_id, step in _pairs(request.form.get(name, ""))
        }


def none_of(*product_ids: int) -> str:
    """What a minus button sends that takes lines out, whatever stands in their boxes."""
    return ",".join(f"{product_id}:{LARGEST}" for product_id in product_ids)


def _number(text: str) -> int | None:
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Like 12:3,15:6."""
    for found in re.finditer(r"([0-9]{1,18}):([0-9]{1,9})", text[: MANY * 30]):
        yield int(found[1]), int(found[2])
