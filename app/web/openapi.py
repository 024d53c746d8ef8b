"""The JSON door as an OpenAPI 3.1 document, made of what the operations declare."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from app.web.api import FIELDS, Api, Operation
from app.web.idempotency import LONGEST_KEY
from app.web.reading import FORM
from app.web.schemas import Failure, Query

COMPONENTS = "#/components/schemas/{model}"
CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
JSON = "application/json"
ABOUT = (
    "Every answer is one envelope: `success`, `data`, `message` and `errors`. With each request send an "
    "access token from `auth/login`, or an API key, in the header `Authorization` after the word `Bearer`. "
    "Times are RFC 3339 in UTC. Unknown fields are refused. A change names the version it was made from: "
    "the `ETag` of the answer, sent as `If-Match`."
)
REFUSALS = {
    400: "The request cannot be read, or a header is missing",
    401: "No valid credential",
    403: "Your role or key does not include this",
    404: "Not there, or not yours to know about",
    409: "Somebody else was first",
    412: "Changed since you read it: read it again",
    413: "Too much to send at once",
    415: "Not JSON",
    422: "What was sent breaks a rule; `errors` says which",
    428: "No If-Match",
    429: "Too often: wait as long as Retry-After says",
    503: "Too busy: try again after Retry-After",
}
WITH_RETRY_AFTER = {429, 503}


@cache
def document_of(api: Api) -> dict[str, Any]:
    """Every operation is declared by the time anybody can ask."""
    refs, schemas = _schemas(api)
    paths: dict[str, dict[str, Any]] = {}
    for operation in api.operations:
        address = CONVERTER.sub(r"{\2}", operation.path)
        paths.setdefault(address, {})[operation.method.lower()] = _described(operation, refs, schemas)
    for operation in api.operations:
        schemas.pop(operation.query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Docket", "version": api.version, "description": ABOUT},
        "servers": [{"url": f"/api/{api.version}"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {f"Refused{status}": _refusal(status) for status in REFUSALS},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(api: Api) -> tuple[dict[Any, Any], dict[str, Any]]:
    """References by model and use, and the schemas behind them."""
    used: dict[Any, None] = {(Failure, "serialization"): None}
    for operation in api.operations:
        used[operation.envelope, "serialization"] = None
        if operation.body:
            used[operation.body, "validation"] = None
        if operation.query is not Query:
            used[operation.query, "validation"] = None
    refs, definitions = models_json_schema(list(used), ref_template=COMPONENTS)
    return refs, {name: _plain(schema) for name, schema in definitions["$defs"].items()}


def _described(operation: Operation, refs: dict[Any, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    summary, _, rest = operation.text.partition("\n\n")
    access = operation.access
    needed = access.permission if access else None
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.path.split("/")[1]],
        "summary": " ".join(summary.split()),
        "description": " ".join(rest.split()),
        "parameters": [*_parameters(operation, schemas)],
        "responses": _responses(operation, refs),
    }
    if needed:
        described["x-permission"] = needed.value
    if access and access.is_public:
        described["security"] = []
    if operation.body:
        schema = refs[operation.body, "validation"]
        kind = FORM if operation.takes_file else JSON
        described["requestBody"] = {"required": True, "content": {kind: {"schema": schema}}}
    return described


def _parameters(operation: Operation, schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for kind, name in CONVERTER.findall(operation.path):
        schema = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    asked = schemas.get(operation.query.__name__, {})
    for name, schema in asked.get("properties", {}).items():
        required = name in asked.get("required", ())
        yield {"name": name, "in": "query", "required": required, "schema": _without_null(schema)}
    if operation.can_be_picked_from:
        told = "Only these top-level fields, with commas between."
        schema = {"type": "string", "description": told}
        yield {"name": FIELDS, "in": "query", "required": False, "schema": schema}
    if operation.is_versioned:
        schema = {"type": "string", "pattern": '^"[0-9]{1,9}"$', "description": "The ETag you read."}
        yield {"name": "If-Match", "in": "header", "required": True, "schema": schema}
    if operation.is_idempotent:
        told = "A new random text for each thing you want done; sending it again gives the first answer."
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "description": told}
        yield {"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema}


def _responses(operation: Operation, refs: dict[Any, Any]) -> dict[str, Any]:
    schema = refs[operation.envelope, "serialization"]
    answer: dict[str, Any] = {
        "description": operation.answer_message,
        "content": {JSON: {"schema": schema}},
    }
    if operation.has_version:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    refused = {
        str(status): {"$ref": f"#/components/responses/Refused{status}"}
        for status in sorted(_refusals_of(operation))
    }
    return {str(operation.status): answer, **refused}


def _refusals_of(operation: Operation) -> set[int]:
    found = {422, 429, 503, *operation.refusals}
    access = operation.access
    if access and not access.is_public:
        found |= {401} | ({403} if access.permission else set()) | ({404} if access.staff_only else set())
    if "<" in operation.path:
        found |= {404}
    if operation.body:
        found |= {400, 413, 415}
    if operation.is_versioned:
        found |= {412, 428}
    if operation.is_idempotent:
        found |= {400}
    return found


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": COMPONENTS.format(model=Failure.__name__)}
    refusal: dict[str, Any] = {"description": REFUSALS[status], "content": {JSON: {"schema": schema}}}
    if status in WITH_RETRY_AFTER:
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return refusal


def _plain(schema: Any) -> Any:
    """Without the titles that pydantic makes of names; a property may be called title all the same."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: part for name, part in schema.items() if name != "title" or not isinstance(part, str)}
    return {name: _plain(part) for name, part in kept.items()}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is not there is left out, never sent as null."""
    choices = [part for part in schema.get("anyOf", []) if part.get("type") != "null"]
    if len(choices) != 1:
        return schema
    rest = {name: part for name, part in schema.items() if name not in {"anyOf", "default"}}
    return {**choices[0], **rest}
