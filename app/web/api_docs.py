"""The document for programs, and the same in a form that people read: served by ourselves, open to all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.web.access import public
from app.web.api import Api, api
from app.web.conditional import asked_again_each_time
from app.web.openapi import ABOUT, JSON, document_of

bp = Blueprint("api_docs", __name__, url_prefix="/api")

Schemas = dict[str, Any]

KINDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "date-time": "time",
    "email": "email address",
}
BOUNDS = {
    "maxLength": "{} characters or fewer",
    "minimum": "{} or more",
    "maximum": "{} or less",
    "maxItems": "{} or fewer",
    "default": "{} when left out",
}
WORTH_NO_WORD = (None, "", 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One field or parameter, in words."""

    name: str
    kind: str
    is_required: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """One operation, in words."""

    method: str
    address: str
    name: str
    summary: str
    text: str
    who: str
    statuses: list[tuple[str, str]]
    parameters: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    answer: list[Line] = field(default_factory=list)


@bp.get("/v1/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    return asked_again_each_time(Response(_document_text(), mimetype=JSON))


@cache
def _document_text() -> str:
    return json.dumps(document_of(api), ensure_ascii=False)


@bp.get("/docs")
@public
def docs() -> ResponseReturnValue:
    page = render_template("api/docs.html", about=ABOUT, groups=groups_of(api), base=f"/api/{api.version}")
    return asked_again_each_time(make_response(page))


@cache
def groups_of(door: Api) -> dict[str, list[Described]]:
    """Operations by the noun they are about, in the order they were declared."""
    document = document_of(door)
    groups: dict[str, list[Described]] = {}
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            described = _described(method.upper(), address, operation, document["components"])
            groups.setdefault(operation["tags"][0], []).append(described)
    return groups


def _described(method: str, address: str, operation: dict[str, Any], components: Schemas) -> Described:
    schemas = components["schemas"]
    answers = operation["responses"]
    first = next(iter(answers))
    data = schemas[_name(_schema_in(answers[first]))]["properties"]["data"]
    return Described(
        method=method,
        address=address,
        name=operation["operationId"],
        summary=operation["summary"],
        text=operation["description"],
        who=_who(operation),
        statuses=[(status, _told(answer, components)) for status, answer in answers.items()],
        parameters=[
            Line(
                given["name"],
                _kind(given["schema"], schemas),
                given["required"],
                _note(given["schema"], schemas),
            )
            for given in operation["parameters"]
        ],
        body=list(_lines(_schema_in(operation["requestBody"]), schemas))
        if "requestBody" in operation
        else [],
        answer=list(_lines(data, schemas)),
    )


def _who(operation: dict[str, Any]) -> str:
    if operation.get("security") == []:
        return "Open to everybody"
    if "x-permission" not in operation:
        return "Anybody signed in"
    needed = next(permission for permission in Permission if permission == operation["x-permission"])
    return f"Needs {needed} ({needed.word.lower()})"


def _told(answer: dict[str, Any], components: Schemas) -> str:
    known = components["responses"][_name(answer)] if "$ref" in answer else answer
    return str(known["description"])


def _lines(schema: dict[str, Any], schemas: Schemas, before: str = "") -> Iterator[Line]:
    """A schema's fields, and those of the objects in it under their path."""
    name = _name(schema)
    known = schemas.get(name, schema)
    for called, part in known.get("properties", {}).items():
        kind = _kind(part, schemas)
        required = called in known.get("required", ())
        yield Line(f"{before}{called}", kind, required, _note(part, schemas))
        yield from _lines(part, schemas, f"{before}{called}.")
        if part.get("type") == "array":
            yield from _lines(part["items"], schemas, f"{before}{called}.0.")


def _note(part: dict[str, Any], schemas: Schemas) -> str:
    said = [part["description"].rstrip(".")] if "description" in part else []
    choices = _choices(part, schemas)
    if choices:
        said.append(f"one of {', '.join(choices)}")
    said += [
        words.format(part[name]) for name, words in BOUNDS.items() if part.get(name) not in WORTH_NO_WORD
    ]
    return "; ".join(said)


def _choices(part: dict[str, Any], schemas: Schemas) -> list[str]:
    known = schemas.get(_name(part), part)
    inner = [*known.get("anyOf", ()), *([known["items"]] if "items" in known else ())]
    return [str(value) for value in known.get("enum", ())] or [
        choice for part in inner for choice in _choices(part, schemas)
    ]


def _kind(schema: dict[str, Any], schemas: Schemas) -> str:
    known = schemas.get(_name(schema), schema)
    if "anyOf" in known:
        return " or ".join(_kind(choice, schemas) for choice in known["anyOf"])
    if known.get("type") == "array":
        return f"list of {_kind(known['items'], schemas)}"
    if known.get("format") in KINDS:
        return KINDS[known["format"]]
    return KINDS.get(known.get("type", ""), str(known.get("type", "anything")))


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _schema_in(holder: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(holder["content"].values()))["schema"]
    return found
