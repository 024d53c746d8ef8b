"""What was sent is here before anybody works on it: slow senders hold no database connection and no lock."""

from io import BytesIO
from typing import Any

from flask import Flask, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout
from werkzeug.wsgi import get_content_length


def hear_out(app: Flask, *, at_most: int) -> None:
    @app.before_request
    def all_of_it() -> None:
        environ = request.environ
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            body = _body(environ, at_most)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            environ.update({"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})


def _body(environ: dict[str, Any], at_most: int) -> bytes:
    """Werkzeug would cut what comes in chunks at the limit, and call what is missing an empty end."""
    said = get_content_length(environ)
    if (said or 0) > at_most:
        raise RequestEntityTooLarge
    try:
        body: bytes = environ["wsgi.input"].read(at_most + 1 if said is None else said)
    except TimeoutError:  # the porter's patience is over
        raise RequestTimeout from None
    except (OSError, ParseException):  # they left, or send what cannot be put together
        raise BadRequest from None
    if len(body) > at_most:
        raise RequestEntityTooLarge
    if len(body) < (said or 0):
        raise BadRequest
    return body
