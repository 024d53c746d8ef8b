"""Forms prove that they came from our own pages: a masked token, and where the browser says it was."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from markupsafe import Markup

from app.core.errors import NotAllowed
from app.core.tokens import same
from app.web.access import is_api

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SECRET_BYTES = 24
FIELD = "csrf_token"


class ForeignForm(NotAllowed):
    code = "foreign_form"


def guard(app: Flask) -> None:
    app.before_request(_refuse_foreign_forms)


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def csrf_token() -> str:
    """The session's secret under a fresh mask, so that compressed pages never repeat it."""
    secret = urlsafe_b64decode(_secret())
    mask = secrets.token_bytes(SECRET_BYTES)
    return urlsafe_b64encode(mask + _xor(mask, secret)).decode()


def renew_csrf() -> None:
    """A new person, a new secret: forms opened before belong to nobody."""
    session[FIELD] = urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _secret() -> str:
    if FIELD not in session:
        renew_csrf()
    return str(session[FIELD])


def _refuse_foreign_forms() -> None:
    if request.method in SAFE_METHODS or is_api():
        return
    if not _comes_from_us() or not _token_fits():
        raise ForeignForm("This page was open for too long. Go back, reload it and send it again.")


def _comes_from_us() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return origin is None
    own = {request.host, urlsplit(current_app.config["BASE_URL"]).netloc}
    try:
        return urlsplit(origin).netloc in own
    except ValueError:  # half an address, "http://["
        return False


def _token_fits() -> bool:
    offered = request.form.get(FIELD) or request.headers.get("X-CSRF-Token") or ""
    try:
        raw = urlsafe_b64decode(offered)
    except (NotBase64, ValueError):
        return False
    if len(raw) != 2 * SECRET_BYTES or FIELD not in session:
        return False
    unmasked = urlsafe_b64encode(_xor(raw[:SECRET_BYTES], raw[SECRET_BYTES:])).decode()
    return same(unmasked, str(session[FIELD]))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
