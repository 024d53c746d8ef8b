"""API keys: a program's way in. The whole key is shown when it is made; we keep its fingerprint."""

from collections.abc import Collection
from datetime import datetime

from app.accounts import key_text
from app.accounts.allowed_addresses import networks
from app.accounts.credentials import ApiKey
from app.accounts.models import User
from app.accounts.queries import keys, people
from app.accounts.service.granting import permissions_to_give
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotAllowed, Refused
from app.core.tokens import fingerprint
from app.core.transaction import use_case


@use_case
def create(
    *,
    name: str,
    permissions: Collection[str],
    customer_id: int | None,
    expires_at: datetime | None,
    allowed_addresses: Collection[str] = (),
    text: str,
    by: Viewer,
) -> ApiKey:
    """A key that is used by this text, of which we keep the beginning and a fingerprint."""
    _staff_only(by)
    wanted = permissions_to_give(permissions, by=by, for_buyers=customer_id is not None)
    if customer_id is not None:
        people.customer_seen_by(by, customer_id)
    prefix, secret = key_text.parts_of(text)
    key = ApiKey(
        name=name,
        prefix=prefix,
        secret_hash=fingerprint(secret),
        permissions=sorted(wanted),
        customer_id=customer_id,
        allowed_addresses=networks(allowed_addresses),
        expires_at=expires_at,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    db.session.add(key)
    audit.record("api_key.created", key, by=by)
    return key


@use_case
def revoke(key_id: int, *, by: Viewer, at: datetime) -> ApiKey:
    """From the next request on it opens nothing."""
    _staff_only(by)
    key = keys.key(key_id, locked=True)
    if key.revoked_at:
        raise Refused(f"{key.name} is already revoked.")
    if not by.may_grant(frozenset(key.permissions)):
        raise NotAllowed(f"{key.name} may do more than you. Ask an administrator.")
    _end(key, by=by, at=at)
    return key


@use_case
def revoke_those_made_by(user: User, *, by: Viewer, at: datetime) -> None:
    """A key must not outlive its maker's stay: it could even let them in again."""
    for key in keys.live_keys_of(user.id, at, locked=True):
        _end(key, by=by, at=at)


@use_case
def revoke_those_bound_to(customer_id: int, *, by: Viewer, at: datetime) -> None:
    """A closed customer's programs stop with its people."""
    for key in keys.live_keys_bound_to(customer_id):
        _end(key, by=by, at=at)


def _end(key: ApiKey, *, by: Viewer, at: datetime) -> None:
    key.revoked_at = at
    key.mark_edited(by.user_id)
    audit.record("api_key.revoked", key, by=by)


def _staff_only(by: Viewer) -> None:
    if not by.is_staff:
        raise NotAllowed("API keys are kept by our own staff.")
