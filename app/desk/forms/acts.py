"""What is asked before something is done with an order: why, how many of each line, and which day."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from flask import request
from wtforms.validators import InputRequired

from app.core.errors import Refusal
from app.orders.models import Order
from app.orders.models.orders import LONGEST_NOTES, LONGEST_REASON
from app.web import fields
from app.web.forms import UNPROCESSABLE, Form, VersionedForm
from app.web.templating import in_full

WHY = "Say why, in a few words."
NOT_A_NUMBER = "Type a whole number, like 6, or 0."
LONGEST_NUMBER = 9


class ReasonForm(VersionedForm):
    doing = "to go on"
    reason = fields.text("Reason", missing=WHY, longest=LONGEST_REASON, autocomplete="off")


class LinesForm(ReasonForm):
    """A box for each line that it may be about, called q and the line's number."""

    most: dict[int, int]
    typed: dict[int, str]
    wanted: dict[int, int]
    problems: dict[int, str]

    @classmethod
    def of(cls, order: Order, *, most: Mapping[int, int], usual: Mapping[int, int]) -> Self:
        """At most so many of each line, and how many stand in its box at first."""
        form = cls(data={"version": order.version})
        form.most = {line: many for line, many in most.items() if many}
        form.typed = {line: str(usual.get(line, 0)) for line in form.most}
        form.wanted, form.problems = {}, {}
        if request.method == "POST":
            form.typed = {line: request.form.get(f"q{line}", "").strip() for line in form.most}
            form._read()
        return form

    def _read(self) -> None:
        for line, text in self.typed.items():
            if text.isascii() and (text or "0").isdigit() and len(text) <= LONGEST_NUMBER:
                self.wanted[line] = int(text or 0)
            else:
                self._wrong(line, NOT_A_NUMBER)

    def _wrong(self, line: int, words: str) -> None:
        self.problems[line] = words
        self.form_errors = [*self.form_errors, f"Line {line}: {words}"]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        return bool(super().validate(*args, **kwargs)) and not self.problems

    def show(self, refusal: Refusal) -> None:
        """Beside its line, where it is about one."""
        name, _, line = (refusal.field or "").partition(".")
        if name == "lines" and line.isdecimal() and int(line) in self.most:
            self._wrong(int(line), refusal.message)
            self.refused_with = self.refused_with or UNPROCESSABLE
        else:
            super().show(refusal)

    @property
    def status(self) -> int:
        return (self.problems and UNPROCESSABLE) or super().status


class DayForm(VersionedForm):
    doing = "to move the day"
    deliver_on = fields.Row("New day", [InputRequired(fields.CHOOSE)], choices=[])

    @classmethod
    def of(cls, order: Order, days: Iterable[date]) -> Self:
        form = cls(data={"version": order.version})
        form.deliver_on.offer([(on.isoformat(), f"{on:%A} {in_full(on)}") for on in days])
        return form

    @property
    def day(self) -> date:
        return date.fromisoformat(self.deliver_on.data)


class NoteForm(Form):
    doing = "to add this note"
    text = fields.note("Note", longest=LONGEST_NOTES)
    for_buyer = fields.tick("Show this to the customer")
