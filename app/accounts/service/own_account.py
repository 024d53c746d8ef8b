"""What people do with their own account: password, profile, address."""

from datetime import datetime, timedelta

from app.accounts.models import TokenKind, User
from app.accounts.passwords import Passwords
from app.accounts.queries import credentials, people
from app.accounts.service import links
from app.core import audit, outbox
from app.core.access import Viewer
from app.core.errors import Refused, TooMany
from app.core.tokens import fingerprint
from app.core.transaction import use_case

RESETS_A_DAY = 5
TRIES, WINDOW = 10, timedelta(minutes=5)
THEMES = {"", "light", "dark"}


@use_case
def forgot_password(email: str) -> None:
    """The same work and the same answer for every address; the worker finds out whether anybody has it."""
    if credentials.take_try(f"reset:{fingerprint(email)}", tries=RESETS_A_DAY, per=timedelta(days=1)):
        outbox.promise("accounts.mail_reset", email=email)


def reset_password(token: str, password: str, *, passwords: Passwords, at: datetime) -> None:
    """A new password by mail ends every session and kills every other link."""
    user = links.opened(TokenKind.RESET, token, at=at).user
    _set_by_link(TokenKind.RESET, token, _judged(user, password, passwords), at=at)


def accept_invitation(token: str, password: str, *, passwords: Passwords, at: datetime) -> None:
    """The first password; it also proves that the address is theirs."""
    user = links.opened(TokenKind.INVITE, token, at=at).user
    _set_by_link(TokenKind.INVITE, token, _judged(user, password, passwords), at=at)


@use_case
def _set_by_link(kind: TokenKind, token: str, password_hash: str, *, at: datetime) -> None:
    user = links.use(kind, token, at=at)
    user.password_hash = password_hash
    user.email_verified_at = user.email_verified_at or at
    _end_everything(user, at)
    audit.record("user.password_set", user, by=_self(user))
    if kind == TokenKind.RESET:
        outbox.promise("accounts.mail_password_changed", user_id=user.id)


@use_case
def verify_email(token: str, *, at: datetime) -> None:
    user = links.use(TokenKind.VERIFY, token, at=at)
    user.email_verified_at = at
    audit.record("user.email_verified", user, by=_self(user))


def change_password(current: str, new: str, *, by: Viewer, passwords: Passwords, at: datetime) -> None:
    """Knowing the old one is the proof; every other device is signed out."""
    user = people.person_seen_by(by, by.user_id or 0)
    bucket = f"password:{user.id}"
    if not _may_try(bucket):
        raise TooMany("That was too many tries. Wait a few minutes.", retry_after=30)
    if not passwords.fits(current, user.password_hash):
        raise Refused("This is not your current password.", field="current")
    password_hash = _judged(user, new, passwords)
    _change(user, password_hash, by=by, at=at)


@use_case
def _may_try(bucket: str) -> bool:
    return credentials.take_try(bucket, tries=TRIES, per=WINDOW)


@use_case
def _change(user: User, password_hash: str, *, by: Viewer, at: datetime) -> None:
    user.password_hash = password_hash
    _end_everything(user, at, except_for=by.session_id)
    audit.record("user.password_changed", user, by=by)
    outbox.promise("accounts.mail_password_changed", user_id=user.id)


@use_case
def edit_profile(*, by: Viewer, name: str, phone: str, single_keys: bool, version: int) -> None:
    user = people.person_seen_by(by, by.user_id or 0, locked=True)
    user.expect(version)
    user.name, user.phone = name, phone
    user.prefs = user.prefs | {"single_keys": single_keys}
    user.updated_by = by.user_id
    audit.record("user.profile_changed", user, by=by)


@use_case
def choose_appearance(theme: str, *, by: Viewer) -> None:
    if theme not in THEMES:
        raise Refused("Choose light, dark, or match device.", field="theme")
    user = people.person_seen_by(by, by.user_id or 0, locked=True)
    user.prefs = user.prefs | {"theme": theme}


def _judged(user: User, password: str, passwords: Passwords) -> str:
    passwords.judge(password, is_staff=user.is_staff, known_words=[user.name, user.email])
    return passwords.hashed(password)


def _end_everything(user: User, at: datetime, *, except_for: int | None = None) -> None:
    credentials.end_sessions(user.id, except_for=except_for)
    credentials.revoke_refresh_tokens(user.id, at)
    for kind in (TokenKind.RESET, TokenKind.INVITE):
        credentials.kill_links(user.id, kind, at)


def _self(user: User) -> Viewer:
    return Viewer(principal=f"user:{user.id}", name=user.name, user_id=user.id, is_staff=user.is_staff)
