"""A device somebody signed in from before is remembered, so that strangers cannot lock its owner out."""

import re

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.accounts.service.signing_in import Device
from app.core.tokens import fingerprint, new_token
from app.web.signing import signer

YEAR = 365 * 24 * 3600
LONGEST_NAME = 120


def this_device(email: str) -> Device:
    known = _cookie_content()
    return Device(
        address=request.remote_addr or "",
        description=described(request.user_agent.string),
        known_as=known[1] if known and known[0] == fingerprint(email) else None,
    )


def remember(response: Response, email: str) -> None:
    known = _cookie_content()
    if known and known[0] == fingerprint(email):
        return
    response.set_cookie(
        cookie_name(),
        _signer().dumps([fingerprint(email), new_token()]),
        max_age=YEAR,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def described(agent: str) -> str:
    """A browser and a system, in words a person recognises."""
    browser = re.search(r"(Edg|OPR|Firefox|Chrome|Safari|curl)", agent)
    system = re.search(r"(Windows|Android|iPhone|iPad|Mac OS X|CrOS|Linux)", agent)
    names = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "Mac", "CrOS": "ChromeOS"}
    found = [names.get(match[1], match[1]) for match in (browser, system) if match]
    return " on ".join(found)[:LONGEST_NAME] or "Unknown device"


def cookie_name() -> str:
    return str(current_app.config["SESSION_COOKIE_NAME"]).replace("session", "device")


def _cookie_content() -> tuple[str, str] | None:
    try:
        email_hash, name = _signer().loads(request.cookies.get(cookie_name(), ""))
    except (BadSignature, ValueError):
        return None
    return str(email_hash), str(name)


def _signer() -> URLSafeSerializer:
    return signer("known-device")
