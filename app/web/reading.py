"""Reading what a program sent: strict JSON, every name once, checked by its schema; refusals name the field."""

import json
import re
from typing import Any, TypeVar

from flask import request
from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from app.core.errors import Refused, Several, Stale
from app.web.refusals import Unreadable, VersionMissing, WrongMediaType
from app.web.schemas import Body, Query
from app.web.wrong_values import sentence

AnyBody = TypeVar("AnyBody", bound=Body)
AnyQuery = TypeVar("AnyQuery", bound=Query)

FORM = "multipart/form-data"
MOST_PROBLEMS = 20
LONGEST_NAME = 120
CODES = {"extra_forbidden": "unknown_field", "missing": "missing", "too_deep": "too_deep"}
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # PostgreSQL keeps every text but this one
NO_NUL = "A text contains the character NUL, which we cannot keep."
VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})(\.[0-9a-f]{8})?"?')  # proxies that compress make a tag weak


def read_body(schema: type[AnyBody]) -> AnyBody:
    if not request.is_json:
        raise WrongMediaType("Send JSON, with the header Content-Type: application/json.")
    text = _json_text(request.get_data())
    try:
        return schema.model_validate_json(text)
    except ValidationError as wrong:
        raise _refusal_of(wrong) from None


def read_form(schema: type[AnyBody]) -> AnyBody:
    """What comes with a file: each name once, and the file under its own."""
    if request.mimetype != FORM:
        raise WrongMediaType(f"Send a form, with the header Content-Type: {FORM}.")
    sent: list[tuple[str, list[Any]]] = [*request.form.lists(), *request.files.lists()]
    for name, values in sent:
        if len(values) > 1:
            raise Refused(f"“{_short(name)}” is given twice.", field=_short(name), code="duplicate_field")
        if isinstance(values[0], str) and "\x00" in name + values[0]:
            raise Refused(NO_NUL, code="invalid")
    try:
        return schema.model_validate({name: values[0] for name, values in sent})
    except ValidationError as wrong:
        raise _refusal_of(wrong) from None


def read_query(schema: type[AnyQuery], *, besides: set[str]) -> AnyQuery:
    """Every parameter at most once, and none that this address does not know."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Refused(f"“{_short(name)}” stands in the address twice.", field=_short(name))
        if "\x00" in name + values[0]:
            raise Refused(NO_NUL, code="invalid")
    asked = {name: value for name, value in request.args.items() if name not in besides}
    try:
        return schema.model_validate(asked)
    except ValidationError as wrong:
        raise _refusal_of(wrong) from None


def seen_version() -> int:
    """The version the caller read, from If-Match. `*` would mean "whatever is there", so it does not count."""
    tag = request.headers.get("If-Match", "").strip()
    if tag in {"", "*"}:
        raise VersionMissing(
            "Send the version you read, as the header If-Match; it is the ETag of the answer."
        )
    found = VERSION.fullmatch(tag)
    if found is None:
        raise Stale
    return int(found[1])


def _json_text(raw: bytes) -> str:
    try:
        text = raw.decode()
        json.loads(text, object_pairs_hook=_each_name_once, parse_constant=_no_such_number)
        from_json(text)  # stricter than the line above about half characters
    except (ValueError, RecursionError):
        raise Unreadable("This is not JSON that we can read.", code="bad_json") from None
    if NUL.search(text):
        raise Refused(NO_NUL, code="invalid")
    return text


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Refused(f"“{_short(name)}” is given twice.", field=_short(name), code="duplicate_field")
        found[name] = value
    return found


def _no_such_number(name: str) -> None:
    raise ValueError(name)


def _refusal_of(wrong: ValidationError) -> Refused:
    errors = wrong.errors(include_url=False, include_input=False)
    parts = [_part(error) for error in errors[:MOST_PROBLEMS]]
    if len(parts) == 1:
        return parts[0]
    return Several(f"{len(errors)} things in this request need putting right.", parts)


def _part(error: ErrorDetails) -> Refused:
    kind, name = error["type"], _short(".".join(str(step) for step in error["loc"]))
    in_words = sentence(kind, name, error.get("ctx", {})) if name else None
    said = in_words or _sentence(kind, name, error["msg"])
    return Refused(said, field=name or None, code=CODES.get(kind, "invalid"))


def _sentence(kind: str, name: str, said: str) -> str:
    if kind == "extra_forbidden":
        return f"There is no field called “{name}” here."
    if kind == "missing":
        return f"“{name}” is missing."
    if kind == "value_error":
        return said.removeprefix("Value error, ")
    if kind in CODES or not name:
        return said.rstrip(".") + "."
    return f"“{name}”: {said[:1].lower()}{said[1:]}."


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
