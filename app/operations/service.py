"""What an administrator does to the house itself: settings, and another try for promises."""

from zoneinfo import available_timezones

from babel.numbers import list_currencies

from app.core import audit, outbox
from app.core.access import Viewer
from app.core.business import Setting, setting
from app.core.errors import Conflict, NotFound, Refused, Several
from app.core.outbox import OutboxMessage
from app.core.tokens import new_token
from app.core.transaction import use_case
from app.operations.queries.messages import failed_messages, message, revive

AT_ONCE = 1000


@use_case
def save_settings(*, by: Viewer, version: int, **typed: str) -> Setting:
    """Everything pages, mails and invoices say about us."""
    row = setting(locked=True)
    if row is None:
        raise NotFound("The settings row is missing: run flask prepare.")
    row.expect(version)
    _refuse_unknown(typed)
    for name, value in typed.items():
        setattr(row, name, value)
    changed = audit.changes_of(row)
    if changed:
        row.mark_edited(by.user_id)
        audit.record("settings.changed", row, by=by, diff=changed)
    return row


def _refuse_unknown(typed: dict[str, str]) -> None:
    wrong = []
    if "currency" in typed and typed["currency"] not in list_currencies():
        wrong.append(Refused("Type a currency by its three letters, like GBP or EUR.", field="currency"))
    if "time_zone" in typed and typed["time_zone"] not in available_timezones():
        wrong.append(Refused("Type a time zone by its name, like Europe/London.", field="time_zone"))
    if wrong:
        raise Several(wrong[0].message, wrong)


@use_case
def try_again(message_id: int, *, by: Viewer) -> None:
    """One promise that was given up gets all its tries back."""
    _revive(message(message_id, locked=True), by=by)


@use_case
def try_all_again(*, by: Viewer) -> int:
    """Every promise that was given up, a thousand at most."""
    dead = failed_messages(locked=True, limit=AT_ONCE)
    for found in dead:
        _revive(found, by=by)
    return len(dead)


def _revive(found: OutboxMessage, *, by: Viewer) -> None:
    if found.dead_at is None:
        raise Conflict("This one is no longer given up: somebody else was first.")
    diff: audit.Diff = {"attempts": [found.attempts, 0], "last_error": [found.last_error, None]}
    audit.record("message.tried_again", found, by=by, diff=diff)
    revive(found.id)


@use_case
def send_again(message_id: int, *, by: Viewer) -> None:
    """A mail that went out is promised once more: a new promise, with its own history."""
    found = message(message_id, locked=True)
    if found.sent is None:
        raise Refused("Only a mail that was sent can be sent again.")
    key = f"again:{found.id}:{new_token()[:16]}"
    payload = found.payload | {"user_id": found.user_id}
    outbox.promise(found.topic, dedupe_key=key, about=found.about, **payload)
    audit.record("message.sent_again", found, by=by, diff={})
