"""What people do with their own account: password, profile, address."""

from datetime import datetime, timedelta

from app.accounts.credentials import LINK_LIFE
from app.accounts.models import TokenKind, User
from app.accounts.passwords import Passwords
from app.accounts.queries import credentials, people
from app.accounts.service import links
from app.accounts.service.signing_in import account_bucket, as_viewer
from app.accounts.service.signing_out import end_everything
from app.core import audit, outbox
from app.core.access import Viewer
from app.core.errors import Refused, TooMany
from app.core.tokens import fingerprint
from app.core.transaction import use_case

A_DAY = timedelta(days=1)
VERIFICATIONS_A_DAY = 5
# One more for each life of a link: whoever asks in vain has one in their inbox that still works,
# so a stranger who asks all day silences nobody.
RESETS = 5
RESETS_PER = RESETS * LINK_LIFE[TokenKind.RESET]
PASSWORD_LINKS = (TokenKind.RESET, TokenKind.INVITE)
NOT_CURRENT = "This is not your current password."
TRIES, WINDOW = 10, timedelta(minutes=5)
THEMES = {"", "light", "dark"}


@use_case
def forgot_password(email: str) -> None:
    """The same work and the same answer for every address; the worker finds out whether anybody has it."""
    if credentials.take_try(_reset_bucket(email), tries=RESETS, per=RESETS_PER):
        outbox.promise("accounts.mail_reset", email=email)


def reset_password(token: str, password: str, *, passwords: Passwords, at: datetime) -> User:
    """A new password by mail ends every session and kills every other link."""
    user = links.opened(TokenKind.RESET, token, at=at).user
    return _set_by_link(TokenKind.RESET, token, _judged(user, password, passwords), at=at)


def accept_invitation(token: str, password: str, *, passwords: Passwords, at: datetime) -> User:
    """The first password; it also proves that the address is theirs."""
    user = links.opened(TokenKind.INVITE, token, at=at).user
    return _set_by_link(TokenKind.INVITE, token, _judged(user, password, passwords), at=at)


@use_case
def _set_by_link(kind: TokenKind, token: str, password_hash: str, *, at: datetime) -> User:
    user = links.use(kind, token, at=at)
    user.password_hash = password_hash
    user.email_verified_at = user.email_verified_at or at
    end_everything(user, at, links=PASSWORD_LINKS)
    credentials.forget_bucket(account_bucket(user.email))  # strangers may have emptied them
    credentials.forget_bucket(_reset_bucket(user.email))
    audit.record("user.password_set", user, by=as_viewer(user))
    if kind == TokenKind.RESET:
        outbox.promise("accounts.mail_password_changed", user_id=user.id)
    return user


@use_case
def verify_email(token: str, *, at: datetime) -> User:
    user = links.use(TokenKind.VERIFY, token, at=at)
    user.email_verified_at = at
    audit.record("user.email_verified", user, by=as_viewer(user))
    return user


@use_case
def verify_again(*, by: Viewer) -> None:
    """Another link for an address that is not confirmed yet: the first may be lost, or too old."""
    user = people.person_seen_by(by, by.person_id)
    if user.email_verified_at:
        raise Refused("Your email address is confirmed already.")
    if not credentials.take_try(f"verify:{user.id}", tries=VERIFICATIONS_A_DAY, per=A_DAY):
        raise TooMany(
            "We sent you several links already. Use the newest one, or ask again in a few hours.",
            retry_after=int((A_DAY / VERIFICATIONS_A_DAY).total_seconds()),
        )
    outbox.promise("accounts.mail_verify", user_id=user.id)


@use_case
def count_guess(*, by: Viewer) -> None:
    """Before the password is changed, in a transaction of its own: a wrong guess is counted, too."""
    if not credentials.take_try(f"password:{by.person_id}", tries=TRIES, per=WINDOW):
        raise TooMany("That was too many tries. Wait a few minutes.", retry_after=30)


def change_password(current: str, new: str, *, by: Viewer, passwords: Passwords, at: datetime) -> None:
    """Knowing the old one is the proof; every other device is signed out."""
    user = people.person_seen_by(by, by.person_id)
    proven = user.password_hash
    if not passwords.fits(current, proven):
        raise Refused(NOT_CURRENT, field="current")
    _change(proven, _judged(user, new, passwords), by=by, at=at)


@use_case
def _change(proven: str | None, password_hash: str, *, by: Viewer, at: datetime) -> None:
    user = people.person_seen_by(by, by.person_id, locked=True)
    if user.password_hash != proven:
        raise Refused(NOT_CURRENT, field="current")  # not any more: it was changed meanwhile
    user.password_hash = password_hash
    end_everything(user, at, links=PASSWORD_LINKS, except_for=by.session_id)
    audit.record("user.password_changed", user, by=by)
    outbox.promise("accounts.mail_password_changed", user_id=user.id)


@use_case
def edit_profile(*, by: Viewer, name: str, phone: str, single_keys: bool, version: int) -> None:
    user = people.person_seen_by(by, by.person_id, locked=True)
    user.expect(version)
    user.name, user.phone = name, phone
    user.prefs = user.prefs | {"single_keys": single_keys}
    user.updated_by = by.user_id
    audit.record("user.profile_changed", user, by=by)


@use_case
def choose_appearance(theme: str, *, by: Viewer) -> None:
    if theme not in THEMES:
        raise Refused("Choose light, dark, or match device.", field="theme")
    user = people.person_seen_by(by, by.person_id, locked=True)
    user.prefs = user.prefs | {"theme": theme}
    audit.record("user.appearance_chosen", user, by=by)


def _judged(user: User, password: str, passwords: Passwords) -> str:
    passwords.judge(password, is_staff=user.is_staff, known_words=[user.name, user.email])
    return passwords.hashed(password)


def _reset_bucket(email: str) -> str:
    return f"reset:{fingerprint(email)}"
