"""What was sent is here before anybody works on it: slow senders hold no database connection and no lock."""

from collections.abc import Callable, Iterator
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from flask import Flask, current_app, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestTimeout
from werkzeug.wsgi import get_content_length

from app.web.porter import wait_for_upload
from app.web.refusals import TooLarge

View = TypeVar("View", bound=Callable[..., Any])

CHUNK = 64 * 1024
MEGABYTE = 1_000_000
ENVELOPE = 64 * 1024  # what a form puts around its file


def takes_file(*, at_most: int) -> Callable[[View], View]:
    """Beside `@requires`: this view alone may be sent so much. It waits on the disk, not in our memory."""

    def declare(view: View) -> View:
        view.largest_file = at_most  # type: ignore[attr-defined]  # a function carries its declaration
        return view

    return declare


def hear_out(app: Flask, *, at_most: int) -> None:
    @app.before_request
    def all_of_it() -> None:
        environ = request.environ
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            file = _largest_file()
            if file:
                wait_for_upload()
            limit = max(at_most, file + ENVELOPE)
            body, size = _body(environ, limit, TemporaryFile if file else BytesIO)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            environ.update({"wsgi.input": body, "CONTENT_LENGTH": str(size)})
            request.max_content_length = limit


def _largest_file() -> int:
    view = current_app.view_functions.get(request.endpoint or "")
    found: int = getattr(view, "largest_file", 0)
    return found


def _body(environ: dict[str, Any], at_most: int, place: Callable[[], IO[bytes]]) -> tuple[IO[bytes], int]:
    """Werkzeug would cut what comes in chunks at the limit, and call what is missing an empty end."""
    said = get_content_length(environ)
    if (said or 0) > at_most:
        raise _too_large(at_most)
    body, size = place(), 0
    for chunk in _chunks(environ["wsgi.input"], at_most + 1 if said is None else said):
        size += len(chunk)
        body.write(chunk)
    if size > at_most:
        raise _too_large(at_most)
    if size < (said or 0):
        raise BadRequest
    body.seek(0)
    return body, size


def _too_large(at_most: int) -> TooLarge:
    return TooLarge(
        f"This is more than {at_most // MEGABYTE or 1} MB. Go back and send a smaller file or less text."
    )


def _chunks(source: IO[bytes], left: int) -> Iterator[bytes]:
    try:
        while left and (chunk := source.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
    except TimeoutError:  # the porter's patience is over
        raise RequestTimeout from None
    except (OSError, ParseException):  # they left, or send what cannot be put together
        raise BadRequest from None
