"""Signing in and out: counted before the hash, one answer for every wrong pair."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.credentials import (
    BUYER_IDLE,
    BUYER_LONGEST,
    STAFF_IDLE,
    STAFF_LONGEST,
    Session,
)
from app.accounts.models import CustomerStatus, User
from app.accounts.passwords import Passwords
from app.accounts.queries import credentials, people
from app.core import audit, metrics
from app.core.access import ANONYMOUS, Viewer
from app.core.database import db
from app.core.errors import NotSignedIn, Refused, TooMany
from app.core.tokens import fingerprint, new_token
from app.core.transaction import use_case

WINDOW = timedelta(minutes=5)
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS = 10, 50
WRONG_PAIR = "The email or the password is not right. Check both and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where somebody signs in from. `known_as` is set when this person did so here before."""

    address: str = ""
    description: str = ""
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A person who has proved who they are, but has no session yet: a second step fits in between."""

    user: User


def prove(email: str, password: str, *, passwords: Passwords, device: Device) -> Proof:
    """Who this is, if the pair is right. Wrong pairs cost a try; right ones cost nothing."""
    buckets = _buckets(email, device)
    _charge(buckets)
    user = people.person_called(email)
    if not passwords.fits(password, user.password_hash if user else None) or not _may_enter(user):
        metrics.SIGN_INS.labels("refused").inc()
        _note_failure(email)
        raise NotSignedIn(WRONG_PAIR, code="wrong_credentials")
    if user is None:
        raise AssertionError("nobody fits no hash")
    reason = _reason_to_wait(user)
    _give_back(buckets)
    if reason:
        raise Refused(reason, code="not_open_yet")
    if passwords.is_outdated(user.password_hash or ""):
        _rehash(user, passwords.hashed(password))
    return Proof(user)


def _may_enter(user: User | None) -> bool:
    return user is not None and user.is_active


def _reason_to_wait(user: User) -> str | None:
    status = user.customer.status if user.customer else CustomerStatus.ACTIVE
    if status == CustomerStatus.APPLIED:
        return "Your application is with us. We will email you when your account is ready."
    if status == CustomerStatus.CLOSED:
        return "This account is closed. Ring the order desk if you want to order again."
    return None


@use_case
def open_session(proof: Proof, *, device: Device, at: datetime) -> str:
    """A new session with a new token; whatever the browser held before is worth nothing."""
    user, token = proof.user, new_token()
    idle, longest = (STAFF_IDLE, STAFF_LONGEST) if user.is_staff else (BUYER_IDLE, BUYER_LONGEST)
    session = Session(
        token_hash=fingerprint(token),
        user_id=user.id,
        address=device.address,
        device=device.description,
        last_seen_at=at,
        idle_until=at + idle,
        expires_at=at + longest,
    )
    db.session.add(session)
    credentials.note_sign_in(user.id, at)
    audit.record("session.opened", user, by=as_viewer(user), diff={})
    metrics.SIGN_INS.labels("opened").inc()
    return token


@use_case
def sign_out(viewer: Viewer) -> None:
    if viewer.user_id is not None:
        credentials.end_sessions(viewer.user_id, only=viewer.session_id)


@use_case
def end_session(session_id: int, *, by: Viewer) -> None:
    """One device of one's own; somebody else's is not there."""
    if by.user_id is not None:
        credentials.end_sessions(by.user_id, only=session_id)


@use_case
def sign_out_everywhere(*, by: Viewer, at: datetime) -> None:
    """Every device and every program that signed in as this person."""
    user = people.person_seen_by(by, by.user_id or 0)
    credentials.end_sessions(user.id)
    credentials.revoke_refresh_tokens(user.id, at)
    audit.record("session.ended_everywhere", user, by=by, diff={})


@use_case
def seen(session_id: int, *, is_staff: bool, at: datetime) -> None:
    """To the minute: a page must not cost a write."""
    credentials.touch_session(session_id, seen=at, idle_until=at + (STAFF_IDLE if is_staff else BUYER_IDLE))


def as_viewer(user: User) -> Viewer:
    """The person as an actor, before there is a session to look them up by."""
    return Viewer(principal=f"user:{user.id}", name=user.name, user_id=user.id, is_staff=user.is_staff)


def _buckets(email: str, device: Device) -> dict[str, int]:
    # A device this person used before has a bucket of its own: strangers cannot lock it out.
    own = f"device:{device.known_as}" if device.known_as else f"account:{fingerprint(email)}"
    return {own: TRIES_PER_ACCOUNT, f"address:{device.address}": TRIES_PER_ADDRESS}


@use_case
def _charge(buckets: dict[str, int]) -> None:
    for bucket, tries in buckets.items():
        if not credentials.take_try(bucket, tries=tries, per=WINDOW):
            metrics.SIGN_INS.labels("throttled").inc()
            pause = int(WINDOW.total_seconds() / tries)
            raise TooMany(
                "That was too many tries. Wait a few minutes, or reset your password.", retry_after=pause
            )


@use_case
def _give_back(buckets: dict[str, int]) -> None:
    for bucket, tries in buckets.items():
        credentials.give_try_back(bucket, tries=tries, per=WINDOW)


@use_case
def _note_failure(email: str) -> None:
    audit.note("session.refused", entity="user", name=email[:3] + "…", by=ANONYMOUS)


@use_case
def _rehash(user: User, password_hash: str) -> None:
    user.password_hash = password_hash
