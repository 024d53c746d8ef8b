"""Every POST may be sent twice: its work is done once, and the second sender sees the first result."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import IO, Any, TypeVar

from flask import Response, make_response, request

from app.core import idempotency, tokens
from app.core.errors import Refused
from app.core.transaction import in_one_transaction
from app.web.access import viewer
from app.web.forms import ONCE
from app.web.refusals import Unreadable

View = TypeVar("View", bound=Callable[..., Any])

KEPT_HEADERS = ("Content-Type", "Location", "ETag")
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255


class _NotKept(Exception):
    """The answer was a refusal: nothing happened, and the key stays free."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def once(view: View) -> View:
    """A form page that creates something: its `once` field makes a second sending harmless.

    Whoever goes back, changes what they typed and sends again means something else: that is done, too.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        key = request.form.get(ONCE)
        if request.method != "POST" or not key:
            return view(*args, **kwargs)
        # Whatever the browser sends as its token, of any length and any letters, becomes a key.
        form_key = f"form:{tokens.fingerprint(key)}:{_fingerprint()}"
        return done_once(form_key, lambda: make_response(view(*args, **kwargs)))

    return guarded  # type: ignore[return-value]  # the wrapper takes and gives what the view does


def idempotent(view: View) -> View:
    """An endpoint that creates or moves something: it needs an Idempotency-Key, and equal ones work once."""
    view.is_idempotent = True  # type: ignore[attr-defined]  # the door acts on it: a view gives no response yet
    return view


def key_of_request() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Unreadable(
            "Send an Idempotency-Key header: a new random text for each thing you want done.",
            code="idempotency_key_missing",
        )
    if len(key) > LONGEST_KEY:
        raise Unreadable(
            f"An Idempotency-Key has {LONGEST_KEY} characters or fewer.", code="idempotency_key_too_long"
        )
    return key


def done_once(key: str, work: Callable[[], Response]) -> Response:
    """Do the work in the transaction that claims its key, or give the answer it already got."""
    principal, fingerprint = viewer().principal or f"address:{request.remote_addr}", _fingerprint()
    try:
        return in_one_transaction(lambda: _worked_or_replayed(principal, key, fingerprint, work))
    except _NotKept as refusal:
        return refusal.response


def _worked_or_replayed(principal: str, key: str, fingerprint: str, work: Callable[[], Response]) -> Response:
    mine = idempotency.claim(principal, key, fingerprint)
    if mine is None:
        return _replay(principal, key, fingerprint)
    response = work()
    if response.status_code >= 400 or (request.form and response.status_code < 300):
        raise _NotKept(response)
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    idempotency.keep(mine, status=response.status_code, headers=headers, body=response.get_data())
    return response


def _replay(principal: str, key: str, fingerprint: str) -> Response:
    earlier = idempotency.earlier(principal, key)
    if earlier is None or earlier.fingerprint != fingerprint:
        raise Refused(
            "This key was used for a different request. Use a new one.", code="idempotency_key_reused"
        )
    response = make_response(earlier.body or b"", earlier.status)
    response.headers.update(earlier.headers)
    response.headers[REPLAYED] = "true"
    return response


def _fingerprint() -> str:
    """Of what was sent: a form by its fields and files, anything else as it came."""
    found = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.form or request.files:
        fields = (field for field in request.form.items(multi=True) if field[0] != "csrf_token")
        files = (
            (name, file.filename, _digest(file.stream)) for name, file in request.files.items(multi=True)
        )
        found.update(repr([*sorted(fields), *files]).encode())
    else:
        found.update(request.get_data(cache=True, parse_form_data=False))
    return found.hexdigest()


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed wants a real file
    stream.seek(0)
    return digest
