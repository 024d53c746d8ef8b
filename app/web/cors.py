"""Pages of other origins may use the JSON door when the settings name them; they bring no cookies."""

from collections.abc import Sequence

from flask import Flask, Response, request

from app.web.access import is_api

METHODS = "GET, POST, PUT, PATCH, DELETE"
ASKED_WITH = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Correlation-ID"
ANSWERED_WITH = "ETag, Idempotent-Replayed, Retry-After, X-Correlation-ID"
REMEMBERED = "600"


def allow(app: Flask, *, origins: Sequence[str]) -> None:
    """Without a named origin nothing is said, and browsers keep other pages out."""
    if origins:
        app.after_request(lambda response: _answer(response, frozenset(origins)))


def _answer(response: Response, origins: frozenset[str]) -> Response:
    if not is_api():
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin not in origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = ANSWERED_WITH
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = ASKED_WITH
        response.headers["Access-Control-Max-Age"] = REMEMBERED
    return response
