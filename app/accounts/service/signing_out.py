"""Signing out: one device, every device, and everything at once when somebody must be kept out."""

from collections.abc import Iterable
from datetime import datetime

from app.accounts.models import TokenKind, User
from app.accounts.queries import credentials, people
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.transaction import use_case


def sign_out(*, by: Viewer) -> None:
    if by.session_id is not None:
        end_session(by.session_id, by=by)


@use_case
def end_session(session_id: int, *, by: Viewer) -> None:
    """One device of one's own; somebody else's is not there."""
    if by.user_id is not None and credentials.end_session(by.user_id, session_id):
        audit.record("session.ended", people.person_seen_by(by, by.user_id), by=by, diff={})


@use_case
def sign_out_everywhere(*, by: Viewer, at: datetime) -> None:
    """Every device and every program that signed in as this person."""
    user = people.person_seen_by(by, by.person_id)
    credentials.end_sessions(user.id)
    credentials.revoke_refresh_tokens(user.id, at)
    audit.record("session.ended_everywhere", user, by=by, diff={})


def end_everything(
    user: User, at: datetime, *, links: Iterable[TokenKind], except_for: int | None = None
) -> None:
    """Inside a use case that has changed this person."""
    db.session.flush()  # their row first: a sign-in under way waits for it, or is there to be ended
    credentials.end_sessions(user.id, except_for=except_for)
    credentials.revoke_refresh_tokens(user.id, at)
    for kind in links:
        credentials.kill_links(user.id, kind, at)
