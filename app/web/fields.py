"""Fields that tidy what was typed and refuse in sentences."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TelField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.mail import is_email
from app.web.forms import lower, sentence, tidy

LONGEST_EMAIL = 254


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


def tick(label: str, *, default: bool = False) -> BooleanField:
    return BooleanField(label, default=default)


class Day(DateField):  # type: ignore[misc]  # WTForms carries no types
    """A day, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Choose a day, like 2026-12-31.") from None


def day(label: str) -> Day:
    return Day(label, [Optional()])


class Ticks(SelectMultipleField):  # type: ignore[misc]  # see Day
    """Any of several, as checkboxes. Which of them may be ticked is the use case's to say."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        self.choices = [SelectChoice(value, label) for value, label in options]


def ticks(label: str) -> Ticks:
    return Ticks(label, choices=[], validate_choice=False)


def _checks(missing: str | None, longest: int) -> list[Any]:
    longest_said = Length(max=longest, message=f"Use {longest} characters or fewer.")
    return [sentence(missing), longest_said] if missing else [longest_said]


def _looks_like_email(_: Any, field: Any) -> None:
    if not is_email(field.data):
        raise ValidationError("Type a whole email address, like maya@example.com.")
    if len(field.data) > LONGEST_EMAIL:
        raise ValidationError(f"Use {LONGEST_EMAIL} characters or fewer.")
