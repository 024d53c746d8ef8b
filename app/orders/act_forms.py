"""What is asked before something is done with an order: why, how many of each line, which day, or a note."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from flask import request
from wtforms.validators import InputRequired

from app.core.errors import Refusal
from app.core.text import long_day
from app.orders.models.orders import LONGEST_NOTES, LONGEST_REASON
from app.orders.service.moving import WHY
from app.orders.typed import NOT_A_NUMBER, boxes_in, quantity_in
from app.web import fields
from app.web.forms import UNPROCESSABLE, Form, VersionedForm


class ReasonForm(VersionedForm):
    reason = fields.text("Reason", missing=WHY, longest=LONGEST_REASON, autocomplete="off")


class LineBoxes(Form):
    """A box for each line that it may be about, called q and the line's number."""

    most: dict[int, int]
    typed: dict[int, str]
    wanted: dict[int, int]
    problems: dict[int, str]

    def offer_lines(self, most: Mapping[int, int], usual: Mapping[int, int], sent: Mapping[str, str]) -> None:
        """At most so many of each line, how many stand in its box at first, and what was sent, if anything."""
        self.most = {line: many for line, many in most.items() if many}
        self.typed = {line: str(usual.get(line, 0)) for line in self.most}
        self.wanted, self.problems = {}, {}
        self._read(sent)

    def _read(self, sent: Mapping[str, str]) -> None:
        """Also of a line that has nothing left by now: whoever asks for it is told so."""
        for line, text in boxes_in(sent):
            quantity, self.typed[line] = quantity_in(text), text
            if quantity is None:
                self._wrong(line, NOT_A_NUMBER)
            else:
                self.wanted[line] = quantity

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
        return UNPROCESSABLE if self.problems and not self.refused_with else super().status


class LinesForm(LineBoxes, ReasonForm):
    @classmethod
    def of(cls, order: Any, *, most: Mapping[int, int], usual: Mapping[int, int] | None = None) -> Self:
        form = cls(data={"version": order.version})
        form.offer_lines(most, usual or {}, request.form if form.is_submitted() else {})
        return form


class DayForm(VersionedForm):
    doing = "to move the day"
    deliver_on = fields.Row("New day", [InputRequired(fields.CHOOSE)], choices=[])

    @classmethod
    def of(cls, days: Iterable[date], *, version: int = 0) -> Self:
        form = cls(data={"version": version})
        form.deliver_on.offer([(on.isoformat(), long_day(on)) for on in days])
        return form

    @property
    def day(self) -> date:
        return date.fromisoformat(self.deliver_on.data)


class NoteForm(Form):
    doing = "to add this note"
    text = fields.note("Note", longest=LONGEST_NOTES)
