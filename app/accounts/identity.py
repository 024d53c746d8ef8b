"""From a session cookie to a Viewer: one query, and a write once a minute."""

from datetime import timedelta

from app.accounts.models import UserKind
from app.accounts.queries import credentials
from app.accounts.service import signing_in
from app.core import clock
from app.core.access import Viewer
from app.core.tokens import fingerprint

SEEN_TO_THE = timedelta(minutes=1)


def viewer_of_session(token: str) -> Viewer | None:
    """Whoever holds this token, as long as the session, the person and their account are alive."""
    at = clock.now()
    row = credentials.signed_in_as(fingerprint(token), at)
    if row is None:
        return None
    is_staff = row.kind == UserKind.STAFF
    if at - row.last_seen_at > SEEN_TO_THE:
        signing_in.seen(row.session_id, is_staff=is_staff, at=at)
    return Viewer(
        principal=f"user:{row.user_id}",
        name=row.name,
        email=row.email,
        user_id=row.user_id,
        session_id=row.session_id,
        session_token=token,
        confirmed_at=row.confirmed_at,
        is_staff=is_staff,
        customer_id=row.customer_id,
        company=row.company,
        permissions=frozenset(row.permissions or ()),
        theme=row.prefs.get("theme", ""),
        single_keys=row.prefs.get("single_keys", True),
        settings_version=row.settings_version or 0,
    )
