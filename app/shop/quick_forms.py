"""The quick order as people send it: lines they typed, a file, and what they decided about what was not clear."""

import re
from collections.abc import Sequence

from flask import request
from flask_wtf.file import FileField
from wtforms import TextAreaField

from app.core.errors import Refused
from app.imports.reading import plain
from app.imports.reading.bounds import ZIPPED
from app.imports.reading.files import OLD_WORKBOOK
from app.orders.quick import MOST_LINES, Line, lines_in
from app.orders.service.checking import Said
from app.shop.forms import ListForm

MOST_BYTES = 200_000
LONGEST_TEXT = 100_000
NUMBER = re.compile(r"[0-9]{1,18}")
ANEW = {"check", "last"}
NAMES = {"sku": "sku", "code": "sku", "product": "sku", "quantity": "quantity", "qty": "quantity"}
LEFT_OUT = 0


class QuickForm(ListForm):
    """A line that means several products comes with a `fix`, and afterwards, being part of a box, as `fixed`."""

    doing = "to go on with these lines"
    lines = TextAreaField("SKUs and quantities")
    file = FileField("CSV file")

    def __init__(self) -> None:
        super().__init__()
        if request.method == "GET":
            self.lines.data = request.args.get("lines", "")
        self.lines.data = (self.lines.data or "")[:LONGEST_TEXT]
        self.is_about_the_same = self.text.splitlines() == request.form.get("checked", "").splitlines()

    @property
    def text(self) -> str:
        return str(self.lines.data)

    @property
    def is_adding(self) -> bool:
        return self.was_pressed == "add" and not self.is_wrong

    def put_under(self, more: str) -> None:
        """Beside what was typed, which stays."""
        self.lines.data = "\n".join(filter(None, [self.text.rstrip(), more]))

    def take_in_file(self) -> None:
        if self.file.data:
            self.put_under("\n".join(_lines_of(self.file.data.stream.read(MOST_BYTES + 1))))
        if request.method == "POST" and not self.text.strip():
            raise Refused("Type or paste a line, like COF-HSE-1K 6.", field="lines")

    def asked(self) -> list[Line]:
        return lines_in(self.text)

    @property
    def decided(self) -> dict[int, int]:
        """By line, which product it is: for as long as the lines are the same."""
        found = {**self._choices("fixed"), **self._choices("fix")} if self.is_about_the_same else {}
        return {number: product_id for number, product_id in found.items() if product_id}

    @property
    def left_out(self) -> set[int]:
        """Lines of which somebody said so, and did not only decide nothing."""
        return {number for number, product_id in self._choices("fix").items() if product_id == LEFT_OUT}

    def said(self, lines: Sequence[Line]) -> Said:
        """Boxes count until the lines are checked anew."""
        if not self.is_about_the_same or self.was_pressed in ANEW:
            return Said(self.decided)
        seen = self.seen_now(lines)
        return Said(self.decided, {one: seen[one] for one in self.boxes})

    def seen_now(self, lines: Sequence[Line]) -> dict[int, int]:
        """And what was chosen beside them; of other lines, nothing was seen."""
        if not self.is_about_the_same:
            return {}
        quantities = {line.number: line.quantity for line in lines}
        seen = dict(self.boxes)
        for number, product_id in self._choices("fix").items():
            if product_id != LEFT_OUT:
                seen[product_id] = seen.get(product_id, 0) + quantities.get(number, 0)
        return seen

    def _choices(self, name: str) -> dict[int, int]:
        sent = ((re.fullmatch(rf"{name}([0-9]{{1,6}})", key), value) for key, value in request.form.items())
        return {int(found[1]): int(value) for found, value in sent if found and NUMBER.fullmatch(value)}


def _lines_of(content: bytes) -> list[str]:
    """As somebody would have typed them."""
    if len(content) > MOST_BYTES:
        raise Refused(f"Send a file of {MOST_LINES} lines or fewer.", field="file")
    if content.startswith((ZIPPED, OLD_WORKBOOK)):
        raise Refused("This is a workbook. Save it as CSV, then send that.", field="file")
    try:
        rows = [[cell.text.strip() for cell in row.cells] for row in plain.rows_in(content)]
    except Refused as refusal:
        unreadable = refusal.message == plain.NOT_TEXT
        told = "We cannot read this file. Save it as “CSV UTF-8”." if unreadable else refusal.message
        raise Refused(told, field="file") from None
    rows = [row for row in rows if any(row)]
    if not rows:
        raise Refused("This file is empty.", field="file")
    names = [NAMES.get(cell.lower()) for cell in rows[0]]
    if "sku" not in names:
        return [" ".join(row[:2]) for row in rows]
    places = [names.index(name) for name in ("sku", "quantity") if name in names]
    return [" ".join(row[place] for place in places if place < len(row)) for row in rows[1:]]
