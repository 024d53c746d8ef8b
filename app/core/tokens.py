"""Secrets we hand out: random or derived, and only ever stored as a hash."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What we keep of a token: enough to recognise it, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived_token(secret_key: str, *parts: object) -> str:
    """A token that a later process can make again from the row, so that a re-sent mail carries the same link."""
    text = "\x1f".join(str(part) for part in parts)
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
