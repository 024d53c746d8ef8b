"""The rows that break an invariant: nothing, as long as all is well."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, select

from app.accounts.models import Customer, Role, RolePermission, User, UserKind, UserRole
from app.core.access import Permission
from app.core.database import db
from app.core.invariants import Finding
from app.core.outbox import OutboxMessage

AS_MANY_AS_HELP = 50


def without_an_admin() -> Sequence[Finding]:
    """Nobody could let anybody in."""
    working = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .join(RolePermission, RolePermission.role_id == UserRole.role_id)
        .where(
            RolePermission.permission == Permission.ADMIN.value,
            User.is_active,
            User.deleted_at.is_(None),
            User.password_hash.is_not(None),
        )
    )
    if db.session.scalar(select(working.exists())):
        return ()
    return (Finding("user", "nobody who can sign in holds the permission for everything"),)


def buyers_without_a_customer() -> Sequence[Finding]:
    return _found(
        select(_row("user", User.id), literal("belongs to a customer that was deleted: ") + User.email)
        .join(Customer, Customer.id == User.customer_id)
        .where(User.kind == UserKind.BUYER, User.deleted_at.is_(None), Customer.deleted_at.is_not(None))
        .order_by(User.id)
    )


def mails_sent_twice() -> Sequence[Finding]:
    times = func.count()
    return _found(
        select(
            _row("outbox_message", func.max(OutboxMessage.id)),
            OutboxMessage.dedupe_key + literal(" was sent ") + cast(times, String) + literal(" times"),
        )
        .where(OutboxMessage.sent.is_not(None), OutboxMessage.dedupe_key.is_not(None))
        .group_by(OutboxMessage.dedupe_key)
        .having(times > 1)
    )


def confused_promises() -> Sequence[Finding]:
    is_done, is_dead = OutboxMessage.done_at.is_not(None), OutboxMessage.dead_at.is_not(None)
    wrong = case(
        (is_done & is_dead, "is both kept and given up"),
        (is_done & (OutboxMessage.attempts == 0), "was kept without being worked on"),
        (is_done & OutboxMessage.lease_until.is_not(None), "was kept and is still leased"),
        (is_dead & OutboxMessage.last_error.is_(None), "was given up for no reason"),
        (~is_done & OutboxMessage.sent.is_not(None), "was sent and is not done"),
        else_=None,
    )
    return _found(
        select(_row("outbox_message", OutboxMessage.id), wrong)
        .where(wrong.is_not(None))
        .order_by(OutboxMessage.id)
    )


def unknown_permissions() -> Sequence[Finding]:
    return _found(
        select(_row("role", Role.id), Role.name + literal(" holds ") + RolePermission.permission)
        .select_from(RolePermission)
        .join(Role, Role.id == RolePermission.role_id)
        .where(RolePermission.permission.not_in([known.value for known in Permission]))
        .order_by(Role.id, RolePermission.permission)
    )


def _row(table: str, number: Any) -> Any:
    return literal(f"{table} ") + cast(number, String)


def _found(question: Select[Any]) -> Sequence[Finding]:
    return [Finding(*row) for row in db.session.execute(question.limit(AS_MANY_AS_HELP))]
