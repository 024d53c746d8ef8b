"""Programs sign in as a person: a chain of refresh tokens, each good for one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.credentials import RefreshToken
from app.accounts.models import User
from app.accounts.queries import bearers, people
from app.accounts.service.signing_in import Proof, as_viewer, note_entry
from app.core import audit, metrics
from app.core.access import ANONYMOUS
from app.core.database import db
from app.core.errors import NotSignedIn
from app.core.tokens import fingerprint, new_token
from app.core.transaction import use_case

IDLE, LONGEST = timedelta(days=14), timedelta(days=90)
FAMILY_LENGTH = 32
OVER = "This refresh token is used up, too old or revoked. Sign in again."


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a program holds after signing in; the access token is made from the first two."""

    user_id: int
    family: str
    refresh_token: str


@use_case
def open_family(proof: Proof, *, at: datetime) -> SignIn:
    note_entry(proof, at=at)
    user = proof.user
    audit.record("api_session.opened", user, by=as_viewer(user), diff={})
    metrics.SIGN_INS.labels("opened").inc()
    return _next_link(user.id, new_token()[:FAMILY_LENGTH], until=at + LONGEST, at=at)


def refresh(token: str, *, at: datetime) -> SignIn:
    """A new pair for the old token. Outside a transaction: what reuse brings down must stay down."""
    renewed = _rotate(fingerprint(token), at)
    if renewed is None:
        raise NotSignedIn(OVER, code="refresh_token_over")
    return renewed


@use_case
def logout(token: str, *, at: datetime) -> None:
    """Ends the chain and every access token of it. A token we do not know has nothing to end."""
    link = bearers.refresh_token(fingerprint(token))
    if link is not None:
        bearers.revoke_family(link.family, at)


@use_case
def _rotate(token_hash: str, at: datetime) -> SignIn | None:
    link = bearers.use_refresh_token(token_hash, at)
    if link is None:
        _punish_reuse(token_hash, at)
        return None
    if not _may_stay(people.person(link.user_id)):
        bearers.revoke_family(link.family, at)
        return None
    return _next_link(link.user_id, link.family, until=link.family_expires_at, at=at)


def _next_link(user_id: int, family: str, *, until: datetime, at: datetime) -> SignIn:
    token = new_token()
    db.session.add(
        RefreshToken(
            user_id=user_id,
            family=family,
            token_hash=fingerprint(token),
            expires_at=min(at + IDLE, until),
            family_expires_at=until,
        )
    )
    return SignIn(user_id, family, token)


def _punish_reuse(token_hash: str, at: datetime) -> None:
    """Two hold the same token, and one of them is a thief: neither gets further."""
    link = bearers.used_refresh_token(token_hash)
    if link is not None and bearers.revoke_family(link.family, at):
        audit.note("api_session.reused", entity="user", name=f"user {link.user_id}", by=ANONYMOUS)


def _may_stay(user: User | None) -> bool:
    return user is not None and user.is_active and user.deleted_at is None


@use_case
def key_used(key_id: int, *, at: datetime) -> None:
    """To the minute: a request must not cost a write."""
    bearers.touch_key(key_id, at)
