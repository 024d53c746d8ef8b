"""From an Authorization header to a Viewer: an access token or an API key, each one query."""

from datetime import datetime

import structlog
from flask import request
from sqlalchemy import Row

from app.accounts import allowed_addresses, key_text
from app.accounts.models import UserKind
from app.accounts.parts import access_tokens
from app.accounts.queries import bearers
from app.accounts.service import api_sign_in
from app.core import clock
from app.core.access import Viewer
from app.core.errors import NotAllowed
from app.core.tokens import fingerprint, same

log = structlog.get_logger(__name__)


def viewer_of_bearer(credential: str) -> Viewer | None:
    at = clock.now()
    if credential.startswith(key_text.START):
        return _viewer_of_key(credential, at)
    return _viewer_of_token(credential, at)


def _viewer_of_token(token: str, at: datetime) -> Viewer | None:
    claims = access_tokens().read(token)
    row = bearers.person_of_family(claims.user_id, claims.family, at) if claims else None
    if row is None:
        return None
    return Viewer(
        principal=f"user:{row.user_id}",
        name=row.name,
        email=row.email,
        user_id=row.user_id,
        is_staff=row.kind == UserKind.STAFF,
        customer_id=row.customer_id,
        company=row.company,
        permissions=frozenset(row.permissions or ()),
        settings_version=row.settings_version or 0,
    )


def _viewer_of_key(text: str, at: datetime) -> Viewer | None:
    key = _key(text, at)
    if key is None:
        return None
    _refuse_strange_address(key)
    if key.last_used_at is None or at - key.last_used_at > bearers.MINUTE:
        api_sign_in.key_used(key.id, at=at)
    return Viewer(
        principal=f"key:{key.id}",
        name=key.name,
        key_id=key.id,
        is_staff=key.customer_id is None,
        customer_id=key.customer_id,
        company=key.company,
        permissions=frozenset(key.permissions),
        settings_version=key.settings_version or 0,
    )


def _refuse_strange_address(key: Row[tuple[object, ...]]) -> None:
    """Only whoever has the whole key hears so: the owner, who forgot a network, or a thief, who gains nothing."""
    address = request.remote_addr or ""
    if not allowed_addresses.includes(key.allowed_addresses, address):
        log.warning("api_key.from_strange_address", key=key.id, address=address)
        raise NotAllowed(f"This key may not be used from {address}.", code="address_not_allowed")


def _key(text: str, at: datetime) -> Row[tuple[object, ...]] | None:
    parts = key_text.parse(text)
    if parts is None:
        return None
    prefix, secret = parts
    key = bearers.key_called(prefix)
    if key is None or not same(key.secret_hash, fingerprint(secret)):
        return None
    return key if key.expires_at is None or at < key.expires_at else None
