"""One-time links: made by the job that mails them, dead after use, after a while, or when asked for again."""

from datetime import datetime

from app.accounts.credentials import LINK_LIFE, OneTimeToken
from app.accounts.models import TokenKind, User
from app.accounts.queries import credentials
from app.core.errors import Refused
from app.core.tokens import derived_token, fingerprint
from app.core.transaction import use_case

DEAD = "This link has been used or is too old. Ask for a new one."


@use_case
def issue(kind: TokenKind, user: User, *, seed: str, secret_key: str, at: datetime) -> str:
    """The token for one mail. Sending the same mail again gives the same token."""
    bound_to = _bound_to(kind, user)
    token = derived_token(secret_key, kind, user.id, seed, bound_to)
    token_hash = fingerprint(token)
    credentials.kill_links(user.id, kind, at, except_for=token_hash)
    credentials.put_link(
        {
            "user_id": user.id,
            "kind": kind,
            "token_hash": token_hash,
            "bound_to": bound_to,
            "expires_at": at + LINK_LIFE[kind],
        }
    )
    return token


def opened(kind: TokenKind, token: str, *, at: datetime) -> OneTimeToken:
    """The link as long as it works. Looking changes nothing: mail scanners look too."""
    link = credentials.live_link(kind, fingerprint(token), at)
    if link is None or not _still_stands(link):
        raise Refused(DEAD, code="link_dead")
    return link


def use(kind: TokenKind, token: str, *, at: datetime) -> User:
    """Inside a use case: whose link it is, once."""
    link = opened(kind, token, at=at)
    if not credentials.use_link(link.id, at):
        raise Refused(DEAD, code="link_dead")
    return link.user


def _still_stands(link: OneTimeToken) -> bool:
    user = link.user
    return user.deleted_at is None and user.is_active and link.bound_to == _bound_to(link.kind, user)


def _bound_to(kind: TokenKind, user: User) -> str:
    """What must not have changed since: the address, and for a password link the password and last sign-in."""
    if kind == TokenKind.VERIFY:
        return fingerprint(user.email)
    return fingerprint(f"{user.email}|{user.password_hash}|{user.last_login_at}")
