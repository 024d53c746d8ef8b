"""The one place that turns what went wrong into a page or the JSON envelope."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.core.correlation import correlation_id
from app.core.errors import (
    Busy,
    Conflict,
    NotAllowed,
    NotConfirmed,
    NotFound,
    NotSignedIn,
    Refusal,
    Several,
    Stale,
    TooMany,
)
from app.core.files import NO_ROOM
from app.core.transaction import database_cannot_now, sqlstate
from app.web.access import is_api
from app.web.refusals import TooLarge, Unreadable, VersionMissing, WrongMediaType

log = structlog.get_logger(__name__)

STATUS_OF = {
    NotFound: 404,
    NotAllowed: 403,
    NotSignedIn: 401,
    Stale: 412,
    Conflict: 409,
    TooMany: 429,
    Busy: 503,
    Unreadable: 400,
    TooLarge: 413,
    WrongMediaType: 415,
    VersionMissing: 428,
}
REFUSED, INTERNAL, UNAVAILABLE = 422, 500, 503
PAUSE = 5


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What an error page says."""

    code: int
    word: str
    title: str
    text: str
    reference: str | None = None


WORDS: dict[int, tuple[str, str, str]] = {
    400: ("Not understood", "We could not read that request", "Go back, reload the page and try again."),
    401: ("Not signed in", "Sign in to open this page", "Your session may have ended."),
    403: ("Not allowed", "You may not open this page", "An administrator can change what your role may do."),
    404: (
        "Not found",
        "We cannot find that page",
        "The link may be old, or the address may have a slip in it.",
    ),
    405: ("Not possible", "That cannot be done here", "Go back and use the buttons on the page."),
    408: ("Too slow", "Your request did not arrive in time", "Check your connection, then send it again."),
    409: ("Changed meanwhile", "Somebody else was first", "Go back, reload the page and look again."),
    412: ("Changed meanwhile", "Somebody else was first", "Go back, reload the page and look again."),
    413: ("Too large", "That is too much to send at once", "Send a smaller file or less text."),
    415: ("Wrong kind", "We cannot read that kind of file", "Send it in one of the kinds the page names."),
    422: ("Not possible", "That cannot be done", "Go back and check what you sent."),
    429: ("Too often", "That was too often in a short time", "Wait a moment, then try again."),
    500: (
        "Our fault",
        "Something went wrong on our side",
        "Nothing you sent was half saved. Try again in a moment.",
    ),
    503: ("Busy", "We cannot answer right now", "Nothing is lost. Try again in a moment."),
}
WORDS_FOR_PROGRAMS: dict[int, str] = {
    400: "We could not read that request.",
    404: "There is nothing at this address.",
    405: "This address does not answer that method; Allow lists those it does.",
    413: "That is too much to send at once.",
}


def answer_errors(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _too_many_connections)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _bug)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, NotSignedIn) and not is_api():
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.login", next=here if here != "/" else None))
    if isinstance(refusal, NotConfirmed):
        return redirect(url_for("account.confirm", next=request.full_path.rstrip("?")), code=303)
    status = next((code for kind, code in STATUS_OF.items() if isinstance(refusal, kind)), REFUSED)
    if status == 412 and not is_api():
        status = 409
    parts = refusal.parts if isinstance(refusal, Several) else (refusal,)
    response = _answer(status, refusal.message, refusal.code, parts)
    if isinstance(refusal, TooMany | Busy):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or INTERNAL
    if status < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        status = 413
    response = _answer(status, None, error.name.lower().replace(" ", "_"))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _database(error: DBAPIError) -> ResponseReturnValue:
    if not database_cannot_now(error):
        return _bug(error)
    log.error(
        "database.trouble", error=type(error.orig).__name__, sqlstate=sqlstate(error), path=request.path
    )
    return _unavailable()


def _too_many_connections(_: Exception) -> ResponseReturnValue:
    log.error("database.pool_exhausted")
    return _unavailable()


def _disk(error: OSError) -> ResponseReturnValue:
    """No room left for what was sent: it may go well in a while, and nothing was kept."""
    if error.errno not in NO_ROOM:
        return _bug(error)
    log.error("disk.full", path=request.path)
    return _unavailable()


def _unavailable() -> Response:
    response = _answer(UNAVAILABLE, None, "unavailable")
    response.headers["Retry-After"] = str(PAUSE)
    return response


def _bug(error: Exception) -> ResponseReturnValue:
    log.error("request.failed", exc_info=error, path=request.path)
    return _answer(INTERNAL, None, "internal_error")


def _answer(status: int, message: str | None, code: str, parts: Sequence[Refusal] = ()) -> Response:
    word, title, advice = WORDS.get(status, WORDS[INTERNAL if status >= INTERNAL else 400])
    if is_api():
        said = message or WORDS_FOR_PROGRAMS.get(status) or f"{title}. {advice}"
        problems = [{"code": part.code, "field": part.field, "detail": part.message} for part in parts]
        return envelope(status, said, problems or [{"code": code, "field": None, "detail": said}])
    page = ErrorPage(
        code=status,
        word=word,
        title=title,
        text=message or advice,
        reference=correlation_id() if status >= INTERNAL else None,
    )
    g.failed = True
    return make_response(render_template("errors/error.html", error=page), status)


def envelope(status: int, message: str, errors: list[dict[str, Any]]) -> Response:
    """A failure in the shape every answer of the JSON door has."""
    body = {"success": False, "data": None, "message": message, "errors": errors}
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
    if status == STATUS_OF[NotSignedIn]:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
