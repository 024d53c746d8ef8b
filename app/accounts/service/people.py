"""Administering people: inviting, changing, shutting out and letting in again."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from app.accounts.models import TokenKind, User, UserKind
from app.accounts.queries import people
from app.accounts.service import granting, keys
from app.accounts.service.signing_out import end_everything
from app.core import audit, outbox
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import refusing, use_case

TAKEN = "Somebody else already uses this address."


@use_case
def invite(
    *,
    email: str,
    name: str,
    phone: str = "",
    kind: str,
    customer_id: int | None = None,
    roles: Collection[str],
    by: Viewer,
    at: datetime,
) -> User:
    """A person without a password yet; the mail lets them choose one."""
    people.lock_roles()
    user = User(
        email=email,
        name=name,
        phone=phone,
        kind=UserKind(kind),
        customer_id=granting.company_to_join(kind, customer_id, by=by),
        roles=granting.roles_to_give(roles, kind, by=by),
        prefs={},
        created_at=at,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    with _address_unique():
        db.session.add(user)
    audit.record("user.invited", user, by=by, diff=_first_facts(user))
    outbox.promise("accounts.mail_invite", user_id=user.id)
    return user


@use_case
def resend_invitation(user_id: int, *, by: Viewer) -> User:
    """Another mail with another link; the earlier link dies when it is sent."""
    user = granting.person_to_change(user_id, by=by)
    if user.state != "invited":
        raise Refused(f"{user.name} is {user.state}, so there is no invitation to send again.")
    audit.record("user.invited_again", user, by=by, diff={})
    outbox.promise("accounts.mail_invite", user_id=user.id)
    return user


@use_case
def edit(
    user_id: int,
    *,
    name: str,
    email: str,
    phone: str,
    roles: Collection[str],
    version: int,
    by: Viewer,
) -> User:
    people.lock_roles()
    user = granting.person_to_change(user_id, by=by, version=version)
    if user.deleted_at:
        raise Refused(f"{user.name} is deleted. Restore them before you change them.")
    old_email, diff = user.email, granting.give_roles(user, roles, by=by)
    with _address_unique():
        user.name, user.email, user.phone = name, email, phone
        if email != old_email:
            user.email_verified_at = None
        user.mark_edited(by.user_id)
        diff = audit.changes_of(user) | diff
    audit.record("user.edited", user, by=by, diff=diff)
    if email != old_email:
        _tell_of_new_address(user, old_email)
    return user


@use_case
def deactivate(user_id: int, *, by: Viewer, at: datetime, version: int | None = None) -> User:
    """Out at once, everywhere; nothing is lost, and it can be undone."""
    user = granting.person_to_shut_out(user_id, by=by, version=version)
    if user.state in {"deactivated", "deleted", "anonymised"}:
        raise Refused(f"{user.name} is already {user.state}.")
    user.is_active = False
    user.mark_edited(by.user_id)
    audit.record("user.deactivated", user, by=by)
    _shut_out(user, by=by, at=at)
    return user


@use_case
def reactivate(user_id: int, *, by: Viewer, at: datetime, version: int | None = None) -> User:
    user = granting.person_to_change(user_id, by=by, version=version)
    if user.state != "deactivated":
        raise Refused(f"{user.name} is not deactivated.")
    user.is_active = True
    user.mark_edited(by.user_id)
    audit.record("user.reactivated", user, by=by)
    return user


@use_case
def remove(user_id: int, *, by: Viewer, at: datetime, version: int | None = None) -> User:
    """Out of the lists and out of every session; what they did stays, and they can come back."""
    user = granting.person_to_shut_out(user_id, by=by, version=version)
    if user.deleted_at:
        raise Refused(f"{user.name} is already deleted.")
    user.deleted_at = at
    user.mark_edited(by.user_id)
    audit.record("user.removed", user, by=by)
    _shut_out(user, by=by, at=at)
    return user


@use_case
def restore(user_id: int, *, by: Viewer, at: datetime, version: int | None = None) -> User:
    user = granting.person_to_change(user_id, by=by, version=version)
    if user.state != "deleted":
        raise Refused(f"{user.name} is not deleted.")
    if user.customer and user.customer.deleted_at:
        raise Refused(f"{user.customer.name} is deleted. Restore the customer first.")
    with _address_unique():
        user.deleted_at = None
        user.mark_edited(by.user_id)
        diff = audit.changes_of(user)
    audit.record("user.restored", user, by=by, diff=diff)
    return user


@use_case
def anonymise(user_id: int, *, by: Viewer, at: datetime, version: int | None = None) -> User:
    """For good: the event says that it was done, not who it was."""
    user = granting.person_to_shut_out(user_id, by=by, version=version)
    user.anonymise(at)
    user.roles = []
    user.mark_edited(by.user_id)
    audit.record("user.anonymised", user, by=by, diff={})
    _shut_out(user, by=by, at=at)
    return user


def _address_unique() -> AbstractContextManager[None]:
    """The index decides who was first; the transaction lives on, so that the form can be shown again."""
    return refusing(uq_user_email=Refused(TAKEN, field="email"))


def _tell_of_new_address(user: User, old_email: str) -> None:
    if user.password_hash is None:
        outbox.promise("accounts.mail_invite", user_id=user.id)  # their link went to the old address
        return
    outbox.promise("accounts.mail_verify", user_id=user.id)
    outbox.promise("accounts.mail_email_changed", user_id=user.id, old_email=old_email)


def _shut_out(user: User, *, by: Viewer, at: datetime) -> None:
    """Whatever lets them in, or works for them, ends with the change that was just made."""
    end_everything(user, at, links=TokenKind)
    keys.revoke_those_made_by(user, by=by, at=at)


def _first_facts(user: User) -> dict[str, list[Any]]:
    facts = {"email": user.email, "kind": user.kind, "roles": user.role_codes}
    return {name: [None, value] for name, value in facts.items()}
