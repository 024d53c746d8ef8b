"""API keys: a program's way in. The whole key is shown once; we keep its fingerprint."""

from collections.abc import Collection
from datetime import datetime

from app.accounts.credentials import ApiKey
from app.accounts.key_text import new_key_text
from app.accounts.queries import keys, people
from app.accounts.service.granting import permissions_to_give
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotAllowed, Refused
from app.core.transaction import use_case


@use_case
def create(
    *,
    name: str,
    permissions: Collection[str],
    customer_id: int | None,
    expires_at: datetime | None,
    by: Viewer,
) -> tuple[ApiKey, str]:
    """The key, and its text, which nobody can read again."""
    _staff_only(by)
    wanted = permissions_to_give(permissions, by=by, for_buyers=customer_id is not None)
    if customer_id is not None:
        people.customer_seen_by(by, customer_id)
    prefix, secret_hash, text = new_key_text()
    key = ApiKey(
        name=name,
        prefix=prefix,
        secret_hash=secret_hash,
        permissions=sorted(wanted),
        customer_id=customer_id,
        expires_at=expires_at,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    db.session.add(key)
    audit.record("api_key.created", key, by=by)
    return key, text


@use_case
def revoke(key_id: int, *, by: Viewer, at: datetime) -> ApiKey:
    """From the next request on it opens nothing."""
    _staff_only(by)
    key = keys.key(key_id, locked=True)
    if key.revoked_at:
        raise Refused(f"{key.name} is already revoked.")
    key.revoked_at = at
    key.mark_edited(by.user_id)
    audit.record("api_key.revoked", key, by=by)
    return key


def _staff_only(by: Viewer) -> None:
    if not by.is_staff:
        raise NotAllowed("API keys are kept by our own staff.")
