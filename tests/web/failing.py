"""Addresses that fail in the way they say, for pages and programs that nobody should meet otherwise."""

from flask import Flask

from app.core.errors import Busy, Conflict, NotAllowed, NotFound, Refused, Stale, TooMany
from app.web.access import public

WAYS: dict[str, Exception] = {
    "refused": Refused("Type a number."),
    "missing": NotFound(),
    "stale": Stale(),
    "conflict": Conflict("Somebody took it."),
    "forbidden": NotAllowed("Ask the owner."),
    "often": TooMany("Wait.", retry_after=7),
    "busy": Busy(),
    "bug": ZeroDivisionError("secret detail"),
}


@public
def fail(kind: str) -> str:
    raise WAYS[kind]


def add_failing_pages(app: Flask) -> None:
    """`/fail/<kind>` and the same at the JSON door; once is enough."""
    if "fail" not in app.view_functions:
        for prefix in ("/fail/", "/api/v1/fail/"):
            app.url_map.add(app.url_rule_class(f"{prefix}<kind>", endpoint="fail", methods=["GET"]))
        app.view_functions["fail"] = fail
