"""Roles: named bundles of permissions that staff put together, never beyond what they have themselves."""

import re
from collections.abc import Collection

from app.accounts.models import ADMIN_ROLE, Role, UserKind
from app.accounts.queries import people
from app.accounts.service.granting import permissions_to_give
from app.core import audit
from app.core.access import Permission, Viewer
from app.core.database import db
from app.core.errors import NotAllowed, Refused
from app.core.transaction import refusing, use_case

CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")


@use_case
def create(*, code: str, name: str, kind: str, permissions: Collection[str], by: Viewer) -> Role:
    _staff_only(by)
    if not CODE.fullmatch(code):
        raise Refused("Use small letters, digits and underscores, like night_shift.", field="code")
    wanted = permissions_to_give(permissions, by=by, for_buyers=kind == UserKind.BUYER)
    role = Role(code=code, name=name, kind=UserKind(kind), granted=[], created_by=by.user_id)
    role.grant_exactly(wanted)
    role.mark_edited(by.user_id)
    with refusing(uq_role_code=Refused(f"There is already a role called {code}.", field="code")):
        db.session.add(role)
    diff: audit.Diff = {"name": [None, name], "kind": [None, kind], "permissions": [None, sorted(wanted)]}
    audit.record("role.created", role, by=by, diff=diff)
    return role


@use_case
def edit(code: str, *, name: str, permissions: Collection[str], version: int, by: Viewer) -> Role:
    """What the holders may do changes with their next click."""
    role = _role_to_change(code, by=by, version=version)
    if code == ADMIN_ROLE:
        raise Refused("The administrator's role always includes everything and keeps its name.")
    wanted = permissions_to_give(permissions, by=by, for_buyers=role.kind == UserKind.BUYER)
    before = role.permissions
    role.name = name
    diff = audit.changes_of(role)
    if wanted != before:
        diff["permissions"] = [sorted(before), sorted(wanted)]
        role.grant_exactly(wanted)
    role.mark_edited(by.user_id)
    db.session.flush()
    if Permission.ADMIN in before - wanted and not people.working_admins():
        raise Refused("Nobody would be left who can let others in.", field="permissions")
    audit.record("role.edited", role, by=by, diff=diff)
    return role


@use_case
def remove(code: str, *, by: Viewer, version: int | None = None) -> Role:
    role = _role_to_change(code, by=by, version=version)
    if role.is_system:
        raise Refused(f"{role.name} belongs to Docket and cannot be removed.")
    holders = people.holders_of(role.id)
    if holders:
        have = "1 person has" if holders == 1 else f"{holders} people have"
        raise Refused(f"{have} the role {role.name}. Give them another role first.")
    diff: audit.Diff = {"name": [role.name, None], "permissions": [sorted(role.permissions), None]}
    audit.record("role.removed", role, by=by, diff=diff)
    db.session.delete(role)
    return role


def _role_to_change(code: str, *, by: Viewer, version: int | None) -> Role:
    _staff_only(by)
    people.lock_roles()
    role = people.role(code)
    if version is not None:
        role.expect(version)
    if not by.may_grant(role.permissions):
        raise NotAllowed(f"{role.name} may do more than you. Ask an administrator.")
    return role


def _staff_only(by: Viewer) -> None:
    """Roles are the same for every customer, so a buyer who manages colleagues does not touch them."""
    if not by.is_staff:
        raise NotAllowed("Roles are kept by our own staff.")
