"""Forms keep what was typed, and show every refusal beside the field it is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import make_response, render_template, request
from flask.wrappers import Response
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.validators import StopValidation

from app.core.errors import Busy, Conflict, NotAllowed, NotFound, Refusal, Several, Stale, TooMany
from app.core.text import tidy
from app.core.tokens import new_token
from app.core.transaction import busy_after

UNPROCESSABLE, CONFLICT, TOO_MANY, UNAVAILABLE = 422, 409, 429, 503
ONCE = "once"


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Our forms: checked for origin before the view runs, refused with 422 and kept as typed."""

    class Meta:
        csrf = False  # web/csrf.py guards every unsafe request, with or without a form

    doing = "to go on"  # completes "Fix 2 things …"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_errors: list[str] = []
        self.refused_with = 0
        self.is_stale = False
        self.retry_after: int | None = None

    @contextmanager
    def showing_refusals(self) -> Iterator[None]:
        """A refusal inside becomes a sentence beside its field; the view then shows the form again."""
        try:
            yield
        except (NotFound, NotAllowed):
            raise
        except Refusal as refusal:
            for part in refusal.parts if isinstance(refusal, Several) else (refusal,):
                self.show(part)
        except DBAPIError as error:  # it comes as it is from a unit that `@once` began
            self.show(busy_after(error))

    def show(self, refusal: Refusal) -> None:
        target = self._fields.get((refusal.field or "").split(".")[0])
        if target is None:
            self.form_errors = [*self.form_errors, refusal.message]
        else:
            target.errors = [*target.errors, refusal.message]
        self.refused_with = UNPROCESSABLE
        self.is_stale = self.is_stale or isinstance(refusal, Stale)
        if isinstance(refusal, Conflict):
            self.refused_with = CONFLICT
        if isinstance(refusal, TooMany):
            self.refused_with, self.retry_after = TOO_MANY, refusal.retry_after
        if isinstance(refusal, Busy):
            self.refused_with, self.retry_after = UNAVAILABLE, refusal.retry_after

    def plain(self, *names: str) -> dict[str, Any]:
        """What was typed, as the plain values a use case takes by keyword."""
        return {name: self._fields[name].data for name in names}

    @property
    def status(self) -> int:
        if self.refused_with:
            return self.refused_with
        return UNPROCESSABLE if self.errors else 200

    @property
    def is_wrong(self) -> bool:
        return self.status != 200

    def page(self, template: str, **context: Any) -> Response:
        """The page that owns this form, with the status that what was typed deserves."""
        response = make_response(render_template(template, form=self, **context), self.status)
        if self.retry_after:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


class VersionedForm(Form):
    """Carries the version it was rendered with; saving compares it."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """As sent: what a form does not say, it has not seen."""
        try:
            return int((self.version.raw_data or ["0"])[0])
        except ValueError:
            return 0

    def compare_with(self, row: Any, **known: Any) -> None:
        """Where somebody was first: what was typed stays, what is now stands beside it, and saving again means it.

        `known` is what the row does not hold under the name of its field.
        """
        if not self.is_stale:
            return
        for name, field in self._fields.items():
            now = _in_words(field, known.get(name, getattr(row, name, field.data)))
            if name != "version" and now != _in_words(field, field.data):
                field.errors = [*field.errors, f"It is now {now}."]
        self.version.data = str(row.version)


def _in_words(field: Any, value: Any) -> str:
    """A value as the page shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    labels = {option.data: option.label.text for option in field} if isinstance(field, SelectField) else {}
    if isinstance(field, SelectMultipleField):
        value = ", ".join(sorted(labels.get(one, one) for one in value or ()))
    elif isinstance(field, SelectField):
        value = labels.get("" if value is None else str(value), value)
    return f"“{value}”" if value else "empty"


def lower(value: str | None) -> str:
    return tidy(value).lower()


def once_field() -> Markup:
    """One-time token of a form that creates something: sent twice, it works once."""
    value = request.form.get(ONCE) or new_token()
    return Markup('<input type="hidden" name="{}" value="{}">').format(ONCE, value)


def sentence(text: str) -> Any:
    """A validator that refuses an empty field with this sentence."""

    def present(_: Any, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation(text)  # nothing more to say about an empty field

    present.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads it from the function
    return present
