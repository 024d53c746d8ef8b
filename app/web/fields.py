"""Fields that tidy what was typed and refuse in sentences."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.core.amounts import EXAMPLE, amount_of
from app.core.errors import Refused
from app.core.mail import is_email
from app.core.text import tidy, tidy_lines
from app.web.forms import lower, sentence

LONGEST_EMAIL = 254
CHOOSE = "Choose one of those in the list."
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")


def text(label: str, *, missing: str | None = None, longest: int = 120, **render: Any) -> StringField:
    """One line of text; optional unless there is a sentence for leaving it empty."""
    return StringField(label, _checks(missing, longest), filters=[tidy], render_kw=render)


def phone(label: str, *, autocomplete: str = "tel") -> TelField:
    return TelField(label, _checks(None, 40), filters=[tidy], render_kw={"autocomplete": autocomplete})


def email(label: str, *, autocomplete: str = "email", optional: bool = False) -> EmailField:
    needed = Optional() if optional else sentence("Type an email address, like maya@example.com.")
    return EmailField(
        label,
        [needed, _looks_like_email],
        filters=[lower],
        render_kw={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"},
    )


def password(label: str, *, missing: str, autocomplete: str, hint: str = "") -> PasswordField:
    return PasswordField(
        label,
        [sentence(missing), Length(max=1024, message="Use 128 characters or fewer.")],
        description=hint,
        render_kw={"autocomplete": autocomplete},
    )


class Row(SelectField):  # type: ignore[misc]  # WTForms carries no types
    """One of some rows by its number, or none of them; the form offers them."""

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        self.choices = [SelectChoice(value, label) for value, label in options]

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(CHOOSE) from None

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(CHOOSE) from None


def row(label: str, *, missing: str | None = None) -> Row:
    """It may be left at nothing unless there is a sentence for that."""
    return Row(label, [_present(missing)] if missing else [], coerce=_number_or_none, choices=[])


def choice(label: str, options: Mapping[str, str]) -> Row:
    """One of a few words."""
    return Row(label, choices=[SelectChoice(value, word) for value, word in options.items()])


def _number_or_none(value: Any) -> int | None:
    return int(value) if value else None


def note(label: str, *, longest: int) -> TextAreaField:
    """Some lines of text."""
    return TextAreaField(label, _checks(None, longest), filters=[tidy_lines])


def tick(label: str, *, default: bool = False) -> BooleanField:
    return BooleanField(label, default=default)


class Day(DateField):  # type: ignore[misc]  # WTForms carries no types
    """A day, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(_given(self, valuelist))
        except ValueError:
            raise ValueError("Choose a day, like 2026-12-31.") from None


def _given(field: Any, typed: list[str]) -> list[str]:
    """What was typed; nothing is nothing, also where the box was filled before."""
    field.data = None
    return [value for value in typed if value.strip()]


def day(label: str, *, missing: str | None = None) -> Day:
    return Day(label, [_present(missing)] if missing else [Optional()])


class Hour(TimeField):  # type: ignore[misc]  # see Day
    """A time of the day, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(_given(self, valuelist))
        except ValueError:
            raise ValueError("Type a time, like 14:00.") from None


def hour(label: str, *, missing: str) -> Hour:
    return Hour(label, [_present(missing)])


class Amount(StringField):  # type: ignore[misc]  # see Day
    """Money as a Decimal, or nothing; what was typed stays in the box as it was."""

    def __init__(self, *args: Any, places: int = 2, like: str = EXAMPLE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.like = places, like

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        try:
            self.data = amount_of(typed, places=self.places, like=self.like) if typed else None
        except Refused as refusal:
            raise ValueError(refusal.message) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}"


def amount(label: str, *, missing: str | None = None, places: int = 2, like: str = EXAMPLE) -> Amount:
    """An amount of money; empty is nothing unless there is a sentence for that. `like` shows how to write it."""
    needed = [_present(missing)] if missing else [Optional()]
    render = {"inputmode": "decimal", "autocomplete": "off"}
    return Amount(label, needed, places=places, like=like, render_kw=render)


class Ticks(SelectMultipleField):  # type: ignore[misc]  # see Day
    """Any of several, as checkboxes. Which of them may be ticked is the use case's to say."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        self.choices = [SelectChoice(value, label) for value, label in options]


def ticks(label: str, missing: str | None = None) -> Ticks:
    """None of them is fine unless there is a sentence for that."""
    return Ticks(label, [sentence(missing)] if missing else [], choices=[], validate_choice=False)


class Number(IntegerField):  # type: ignore[misc]  # see Day
    """A whole number from zero up, or nothing: 1200 and 1,200; 1,2 and 1.5 are none."""

    widget = TextInput()

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        if typed and not WHOLE.fullmatch(typed):
            raise ValueError("Type a whole number, like 12.")
        digits = typed.replace(",", "").lstrip("0") or "0"
        if len(digits) > len(str(self.most)) or int(digits) > self.most:
            raise ValueError(f"Type {self.most:,} or fewer.")
        self.data = int(digits) if typed else None


def number(label: str, *, missing: str | None = None, most: int) -> Number:
    """How many; empty is nothing unless there is a sentence for that."""
    needed = [_present(missing)] if missing else [Optional()]
    return Number(label, needed, most=most, render_kw={"inputmode": "numeric", "autocomplete": "off"})


def _present(text: str) -> Any:
    """Zero is an answer, too."""

    def present(_: Any, field: Any) -> None:
        if field.data is None and not field.errors:
            raise StopValidation(text)

    present.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads it from the function
    return present


def _checks(missing: str | None, longest: int) -> list[Any]:
    longest_said = Length(max=longest, message=f"Use {longest} characters or fewer.")
    return [sentence(missing), longest_said] if missing else [longest_said]


def _looks_like_email(_: Any, field: Any) -> None:
    if not is_email(field.data):
        raise ValidationError("Type a whole email address, like maya@example.com.")
    if len(field.data) > LONGEST_EMAIL:
        raise ValidationError(f"Use {LONGEST_EMAIL} characters or fewer.")
