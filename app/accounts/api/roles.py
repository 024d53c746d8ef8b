"""Roles, for programs."""

from typing import Any

from app.accounts.queries import directory
from app.accounts.schemas import RoleMade, RoleOut, RolePage, RoleReplaced, RolesAsked
from app.accounts.service import roles
from app.core.access import Permission
from app.core.paging import NumberedPage
from app.web.access import requires, viewer
from app.web.api import api


@api.get("/roles", query=RolesAsked, answer=RolePage)
@requires(Permission.USERS_WRITE)
def list_roles(query: RolesAsked) -> NumberedPage[Any]:
    """List roles. Buyers see those that a colleague can have."""
    return directory.roles_paged(viewer(), **query.model_dump())


@api.post("/roles", body=RoleMade, answer=RoleOut, status=201)
@requires(Permission.USERS_WRITE, staff=True)
def create_role(body: RoleMade) -> Any:
    """Create a role. Nobody can put in what they may not do themselves."""
    role = roles.create(**body.model_dump(), by=viewer())
    return directory.role_seen_by(viewer(), role.code)


@api.get("/roles/<code>", answer=RoleOut)
@requires(Permission.USERS_WRITE)
def show_role(code: str) -> Any:
    """Show one role."""
    return directory.role_seen_by(viewer(), code)


@api.put("/roles/<code>", body=RoleReplaced, answer=RoleOut)
@requires(Permission.USERS_WRITE, staff=True)
def replace_role(code: str, body: RoleReplaced, version: int) -> Any:
    """Replace a role's name and permissions. What its holders may do changes at once."""
    roles.edit(code, **body.model_dump(), version=version, by=viewer())
    return directory.role_seen_by(viewer(), code)


@api.delete("/roles/<code>", message="Deleted")
@requires(Permission.USERS_WRITE, staff=True)
def delete_role(code: str, version: int) -> None:
    """Delete a role that nobody has."""
    roles.remove(code, version=version, by=viewer())
