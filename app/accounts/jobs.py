"""Mails to people about their own accounts: ids in, a mail out. And forgetting what is over."""

from datetime import timedelta

from flask import current_app

from app.accounts.models import TokenKind, User
from app.accounts.queries import credentials, people
from app.accounts.service import links
from app.core import clock
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.core.transaction import use_case
from app.web.mails import address_of, compose

KEEP_ENDED = timedelta(days=7)


def mail_reset(message: OutboxMessage) -> Mail | None:
    user = people.person_called(message.payload["email"])
    if user is None or not user.is_active:
        return None
    if user.password_hash is None:
        return _invitation(user, message)
    return _with_link("accounts/reset", TokenKind.RESET, "accounts.reset", user, message)


def mail_invite(message: OutboxMessage) -> Mail | None:
    user = people.person(message.payload["user_id"])
    if user is None or user.password_hash is not None or user.deleted_at or not user.is_active:
        return None
    return _invitation(user, message)


def _invitation(user: User, message: OutboxMessage) -> Mail:
    """Also for whoever was invited and forgot, applies, or asks for a password they do not have yet."""
    return _with_link("accounts/invite", TokenKind.INVITE, "accounts.invite", user, message)


def mail_verify(message: OutboxMessage) -> Mail | None:
    user = people.person(message.payload["user_id"])
    if user is None or user.deleted_at:
        return None
    return _with_link("accounts/verify", TokenKind.VERIFY, "accounts.verify", user, message)


def mail_email_changed(message: OutboxMessage) -> Mail | None:
    """To the address that somebody used until now: whoever reads it there should know."""
    user = people.person(message.payload["user_id"])
    if user is None or user.deleted_at:
        return None
    old = message.payload["old_email"]
    return compose("accounts/email_changed", to=old, message=message, person=user)


def mail_applied(message: OutboxMessage) -> Mail | None:
    """We have it, and a link that proves the address."""
    user = people.person(message.payload["user_id"])
    if user is None or user.deleted_at:
        return None
    return _with_link("accounts/applied", TokenKind.VERIFY, "accounts.verify", user, message)


def mail_already_registered(message: OutboxMessage) -> Mail | None:
    user = people.person_called(message.payload["email"])
    if user is None:
        return None
    if not user.is_active:  # a new password would not let them in: say so, and whom to ask
        return compose("accounts/switched_off", to=user.email, message=message, person=user)
    if user.password_hash is None:
        return _invitation(user, message)
    forgot = address_of("accounts.forgot")
    return compose("accounts/already_registered", to=user.email, message=message, person=user, link=forgot)


def mail_password_changed(message: OutboxMessage) -> Mail | None:
    user = people.person(message.payload["user_id"])
    if user is None or user.deleted_at:
        return None
    forgot = address_of("accounts.forgot")
    return compose("accounts/password_changed", to=user.email, message=message, person=user, link=forgot)


def mail_welcome(message: OutboxMessage) -> Mail | None:
    """To whoever applied, once their account is open."""
    user = people.person(message.payload["user_id"])
    if user is None or user.deleted_at or not user.is_active:
        return None
    sign_in = address_of("accounts.login")
    return compose("accounts/welcome", to=user.email, message=message, person=user, link=sign_in)


def mail_application_to_desk(message: OutboxMessage) -> Mail | None:
    customer = people.customer(message.payload["customer_id"])
    desk = people.mailbox_of_the_desk()
    if desk is None:
        return None
    applications = address_of("customers.applications")
    return compose(
        "accounts/application_to_desk", to=desk, message=message, customer=customer, link=applications
    )


@use_case
def prune(_message: OutboxMessage) -> None:
    """Sessions, links and refresh tokens that ended a week ago."""
    credentials.prune(clock.now() - KEEP_ENDED)


@use_case
def forget_attempts(_message: OutboxMessage) -> None:
    """Buckets that have all their tries again say no more than missing ones."""
    credentials.forget_full_buckets()


def _with_link(template: str, kind: TokenKind, endpoint: str, user: User, message: OutboxMessage) -> Mail:
    token = links.issue(
        kind,
        user,
        seed=f"promise:{message.id}",
        secret_key=str(current_app.secret_key),
        at=clock.now(),
    )
    link = address_of(endpoint, token=token)
    return compose(template, to=user.email, message=message, secrets=(token,), person=user, link=link)
