"""Signing in: counted before the hash, one answer for every wrong pair."""

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


class NotOpenYet(Refused):
    """The right pair, of somebody whose company cannot order: there is nothing for them to put right."""

    code = "not_open_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where somebody signs in from. `known_as` is set when this person did so here before."""

    address: str = ""
    description: str = ""
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody who has proved who they are, but has no session yet: a second step fits in between.

    It is worth something as long as this is their password: it may change before the session opens.
    """

    user: User
    password_hash: str


def prove(email: str, password: str, *, passwords: Passwords, device: Device) -> Proof:
    """Who this is, if the pair is right. Wrong pairs cost a try; right ones cost nothing."""
    buckets = _buckets(email, device)
    _charge(buckets)
    user = people.person_called(email)
    password_hash = user.password_hash if user else None
    fits = passwords.fits(password, password_hash)
    if user is None or password_hash is None or not fits or not user.is_active:
        metrics.SIGN_INS.labels("refused").inc()
        _note_failure(email)
        raise _wrong_pair()
    reason = _reason_to_wait(user)
    _give_back(buckets)
    if reason:
        raise NotOpenYet(reason)
    if passwords.is_outdated(password_hash):
        password_hash = _rehash(user.id, password_hash, passwords.hashed(password))
    return Proof(user, password_hash)


def _wrong_pair() -> NotSignedIn:
    return NotSignedIn(WRONG_PAIR, code="wrong_credentials")


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
    note_entry(proof, at=at)
    user, token = proof.user, new_token()
    idle, longest = (STAFF_IDLE, STAFF_LONGEST) if user.is_staff else (BUYER_IDLE, BUYER_LONGEST)
    session = Session(
        token_hash=fingerprint(token),
        user_id=user.id,
        address=device.address,
        device=device.description,
        last_seen_at=at,
        confirmed_at=at,
        idle_until=at + idle,
        expires_at=at + longest,
    )
    db.session.add(session)
    audit.record("session.opened", user, by=as_viewer(user), diff={})
    metrics.SIGN_INS.labels("opened").inc()
    return token


def note_entry(proof: Proof, *, at: datetime) -> None:
    """First thing in the transaction that lets somebody in: whoever changes the password or shuts them out
    meanwhile waits and ends what is opened here, or was first, and nobody enters."""
    if not credentials.note_sign_in(proof.user.id, proof.password_hash, at):
        raise _wrong_pair()


def confirm(password: str, *, by: Viewer, passwords: Passwords, device: Device, at: datetime) -> str:
    """Still the one who signed in: it costs tries like signing in, and gives the session a new token."""
    buckets = _buckets(by.email, device)
    _charge(buckets)
    user = people.person_seen_by(by, by.person_id)
    if not passwords.fits(password, user.password_hash):
        metrics.SIGN_INS.labels("refused").inc()
        _note_failure(user.email)
        raise Refused("This is not your password.", field="password")
    _give_back(buckets)
    return _confirmed(user, by=by, at=at)


@use_case
def _confirmed(user: User, *, by: Viewer, at: datetime) -> str:
    token = new_token()
    if by.session_id is None or not credentials.renew_session(
        by.session_id, token_hash=fingerprint(token), at=at
    ):
        raise NotSignedIn("This device was signed out meanwhile. Sign in again.")
    audit.record("session.confirmed", user, by=by, diff={})
    return token


@use_case
def seen(session_id: int, *, is_staff: bool, at: datetime) -> None:
    """To the minute: a page must not cost a write."""
    credentials.touch_session(session_id, seen=at, idle_until=at + (STAFF_IDLE if is_staff else BUYER_IDLE))


def as_viewer(user: User) -> Viewer:
    """The person as an actor, before there is a session to look them up by."""
    return Viewer(principal=f"user:{user.id}", name=user.name, user_id=user.id, is_staff=user.is_staff)


def _buckets(email: str, device: Device) -> dict[str, int]:
    # A device this person used before has a bucket of its own: strangers cannot lock it out.
    own = f"device:{device.known_as}" if device.known_as else account_bucket(email)
    return {own: TRIES_PER_ACCOUNT, f"address:{device.address}": TRIES_PER_ADDRESS}


def account_bucket(email: str) -> str:
    return f"account:{fingerprint(email)}"


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
def _rehash(user_id: int, old: str, new: str) -> str:
    """The same password at today's cost; never over another one that was set meanwhile."""
    if not credentials.replace_hash(user_id, old, new):
        raise _wrong_pair()
    return new
