"""The JSON door: a view takes plain values and gives a plain answer; what is HTTP about it happens here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from inspect import getdoc
from typing import Any, Literal, TypedDict, TypeVar, Unpack, get_args

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field, create_model

from app.core.errors import Refused
from app.web.access import Access, access_of
from app.web.conditional import unless_known
from app.web.idempotency import done_once, key_of_request
from app.web.reading import read_body, read_form, read_query, seen_version
from app.web.schemas import Answer, Body, Paged, Query

View = TypeVar("View", bound=Callable[..., Any])

VERSIONED_METHODS = {"PUT", "PATCH", "DELETE"}
FIELDS = "fields"
MESSAGES = {200: "OK", 201: "Created", 202: "Accepted"}


class Success(BaseModel):
    """What every answer looks like that is not a refusal."""

    success: Literal[True] = True
    data: Any = None
    message: str = Field(description="A sentence for a person.")
    errors: None = None


@cache
def envelope_of(answer: type[Answer] | None) -> type[Success]:
    """The envelope around one kind of answer."""
    if answer is None:
        return create_model("Done", __base__=Success, data=(None, None))
    return create_model(f"{answer.__name__}Answer", __base__=Success, data=(answer, ...))


class Terms(TypedDict, total=False):
    """What an operation may say about itself beside its address."""

    body: type[Body]
    takes_file: bool
    query: type[Query]
    answer: type[Answer]
    status: int
    message: str
    refusals: tuple[int, ...]


@dataclass(frozen=True)
class Operation:
    """One method of one address, as declared: the same facts serve the request and the documentation."""

    method: str
    path: str
    view: Callable[..., Any]
    body: type[Body] | None = None
    takes_file: bool = False  # then the body is a form
    query: type[Query] = Query
    answer: type[Answer] | None = None
    status: int = 200
    message: str = ""
    refusals: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def text(self) -> str:
        return getdoc(self.view) or ""

    @property
    def access(self) -> Access | None:
        return access_of(self.view)

    @property
    def is_idempotent(self) -> bool:
        return getattr(self.view, "is_idempotent", False)

    @property
    def is_versioned(self) -> bool:
        return self.method in VERSIONED_METHODS

    @property
    def can_be_picked_from(self) -> bool:
        """A reader may ask for less than the whole answer."""
        return self.method == "GET" and self.answer is not None

    @property
    def answer_message(self) -> str:
        return self.message or MESSAGES[self.status]

    @property
    def has_version(self) -> bool:
        return self.answer is not None and "version" in self.answer.model_fields

    @property
    def envelope(self) -> type[Success]:
        return envelope_of(self.answer)

    @cached_property
    def shown(self) -> type[BaseModel] | None:
        """What `fields` picks from: the answer, or the rows of a list."""
        if self.answer is None or not issubclass(self.answer, Paged):
            return self.answer
        row: type[BaseModel] = get_args(self.answer.model_fields["items"].annotation)[0]
        return row

    def given(self, path: Mapping[str, Any]) -> dict[str, Any]:
        """What the view is called with."""
        given = dict(path)
        if self.is_versioned:
            given["version"] = seen_version()
        query = read_query(self.query, besides={FIELDS} if self.can_be_picked_from else set())
        if self.query is not Query:
            given["query"] = query
        if self.body is not None:
            given["body"] = read_form(self.body) if self.takes_file else read_body(self.body)
        return given

    def picked(self) -> set[str]:
        """The names in `fields`, or none for all of them."""
        if not self.can_be_picked_from or self.shown is None:
            return set()
        names = {name.strip() for name in request.args.get(FIELDS, "").split(",")} - {""}
        unknown = names - set(self.shown.model_fields)
        if unknown:
            raise Refused(f"There is no field called “{min(unknown)}”.", field=FIELDS, code="unknown_field")
        return names

    def respond(self, result: Any, picked: set[str]) -> Response:
        whole = self.envelope.model_validate(
            {"data": result, "message": self.answer_message}, from_attributes=True
        )
        text = whole.model_dump_json(exclude=self._left_out(picked))
        response = Response(text, self.status, mimetype="application/json")
        if self.has_version:
            response.set_etag(whole.data.etag())
        return unless_known(response)

    def _left_out(self, picked: set[str]) -> dict[str, Any] | None:
        if not picked or self.shown is None:
            return None
        others = set(self.shown.model_fields) - picked
        return {"data": others if self.shown is self.answer else {"items": {"__all__": others}}}


class Api:
    """One version of the door: a blueprint, and the memory of everything it answers."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.blueprint = Blueprint(f"api_{version}", __name__, url_prefix=f"/api/{version}")
        self.operations: list[Operation] = []

    def get(self, path: str, **terms: Unpack[Terms]) -> Callable[[View], View]:
        return self._declared("GET", path, terms)

    def post(self, path: str, **terms: Unpack[Terms]) -> Callable[[View], View]:
        return self._declared("POST", path, terms)

    def put(self, path: str, **terms: Unpack[Terms]) -> Callable[[View], View]:
        return self._declared("PUT", path, terms)

    def patch(self, path: str, **terms: Unpack[Terms]) -> Callable[[View], View]:
        return self._declared("PATCH", path, terms)

    def delete(self, path: str, **terms: Unpack[Terms]) -> Callable[[View], View]:
        return self._declared("DELETE", path, terms)

    def _declared(self, method: str, path: str, terms: Terms) -> Callable[[View], View]:
        def declare(view: View) -> View:
            operation = Operation(method, path, view, **terms)
            self.operations.append(operation)
            self.blueprint.add_url_rule(path, operation.name, _answering(operation), methods=[method])
            return view

        return declare


def _answering(operation: Operation) -> Callable[..., Response]:
    @wraps(operation.view)  # which also hands on what the view declared: who may, and how often it works
    def answering(**path: Any) -> Response:
        given, picked = operation.given(path), operation.picked()
        if operation.is_idempotent:
            return done_once(key_of_request(), lambda: operation.respond(operation.view(**given), picked))
        return operation.respond(operation.view(**given), picked)

    return answering


api = Api("v1")
