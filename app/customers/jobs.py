"""Mails to customers about their account: ids in, a mail out."""

from app.accounts.queries import people
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.web.mails import compose


def mail_refused(message: OutboxMessage) -> Mail | None:
    """To whoever applied, with the reason as the desk typed it."""
    user = people.person(message.payload["user_id"])
    if user is None or user.deleted_at:
        return None
    reason = message.payload["reason"]
    return compose("customers/refused", to=user.email, message=message, person=user, reason=reason)
