"""The people, customers and roles that break an invariant: none, as long as all is well."""

from collections.abc import Sequence

from sqlalchemy import literal, select

from app.accounts.models import Customer, Role, RolePermission, User, UserKind
from app.accounts.queries.people import working_admins
from app.core.access import Permission
from app.core.invariants import Finding, findings_of, row_of


def without_an_admin() -> Sequence[Finding]:
    """Nobody could let anybody in."""
    if working_admins():
        return ()
    return (Finding("user", "nobody who can sign in holds the permission for everything"),)


def buyers_without_a_customer() -> Sequence[Finding]:
    return findings_of(
        select(row_of("user", User.id), literal("belongs to a customer that was deleted: ") + User.email)
        .join(Customer, Customer.id == User.customer_id)
        .where(User.kind == UserKind.BUYER, User.deleted_at.is_(None), Customer.deleted_at.is_not(None))
        .order_by(User.id)
    )


def unknown_permissions() -> Sequence[Finding]:
    return findings_of(
        select(row_of("role", Role.id), Role.name + literal(" holds ") + RolePermission.permission)
        .select_from(RolePermission)
        .join(Role, Role.id == RolePermission.role_id)
        .where(RolePermission.permission.not_in([known.value for known in Permission]))
        .order_by(Role.id, RolePermission.permission)
    )
