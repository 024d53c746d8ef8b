"""Who may give what to whom: nobody grants what they lack, and somebody always stays who can let others in."""

from collections.abc import Collection

from app.accounts.models import FOR_BUYERS, Role, User, UserKind
from app.accounts.queries import keys, people
from app.core import audit
from app.core.access import Permission, Viewer
from app.core.errors import NotAllowed, Refused


def person_to_change(user_id: int, *, by: Viewer, version: int | None = None) -> User:
    """Whoever may change a person could also become them, so it takes everything that person may do."""
    user = people.person_seen_by(by, user_id, locked=True)
    if version is not None:
        user.expect(version)
    if user.anonymised_at:
        raise Refused(f"{user.name} is anonymised and stays so.")
    if not by.may_grant(user.permissions):
        raise NotAllowed(f"{user.name} may do more than you. Ask an administrator.")
    if by.key_id is not None and keys.key(by.key_id).created_by == user.id:
        raise NotAllowed(f"{user.name} made this key, so the key cannot change them.")
    return user


def person_to_shut_out(user_id: int, *, by: Viewer, version: int | None) -> User:
    people.lock_roles()
    user = person_to_change(user_id, by=by, version=version)
    if user.id == by.user_id:
        raise Refused("You cannot shut yourself out. Ask another administrator.")
    _keep_an_admin_besides(user)
    _keep_the_company_run_besides(user, by=by)
    return user


def company_to_join(kind: str, customer_id: int | None, *, by: Viewer) -> int | None:
    """Buyers invite into their own company, and only buyers."""
    if not by.is_staff:
        if kind != UserKind.BUYER:
            raise NotAllowed("You can invite people of your own company only.")
        customer_id = by.customer_id if customer_id is None else customer_id
    if kind == UserKind.STAFF:
        if customer_id is not None:
            raise Refused("Our own people belong to no customer.", field="customer_id")
        return None
    if customer_id is None:
        raise Refused("Choose the customer this buyer belongs to.", field="customer_id")
    return people.customer_seen_by(by, customer_id, locked=True).id  # it may be about to be deleted


def roles_to_give(codes: Collection[str], kind: str, *, by: Viewer) -> list[Role]:
    """The roles of these names, when they exist, suit this kind of person and are the viewer's to give."""
    found = people.roles_called(codes)
    unknown = set(codes) - {role.code for role in found}
    if unknown:
        raise Refused(f"There is no role called {min(unknown)}.", field="roles")
    if not found:
        raise Refused("Choose at least one role.", field="roles")
    for role in found:
        if role.kind != kind:
            raise Refused(f"{role.name} is a role for {UserKind(role.kind).people}.", field="roles")
        if not by.may_grant(role.permissions):
            raise Refused(f"You cannot give the role {role.name}: it may do more than you.", field="roles")
    return found


def give_roles(user: User, codes: Collection[str], *, by: Viewer) -> audit.Diff:
    before = user.role_codes
    if set(codes) == set(before):
        return {}
    if user.id == by.user_id:
        raise Refused("You cannot change your own roles. Ask another administrator.", field="roles")
    roles = roles_to_give(codes, user.kind, by=by)
    if not any(Permission.ADMIN in role.permissions for role in roles):
        _keep_an_admin_besides(user)
    if not any(Permission.USERS_WRITE in role.permissions for role in roles):
        _keep_the_company_run_besides(user, by=by)
    user.roles = roles
    return {"roles": [before, [role.code for role in roles]]}


def permissions_to_give(permissions: Collection[str], *, by: Viewer, for_buyers: bool) -> frozenset[str]:
    """What a role or a key may carry."""
    unknown = set(permissions) - set(Permission)
    if unknown:
        raise Refused(f"There is no permission called {min(unknown)}.", field="permissions")
    if not permissions:
        raise Refused("Tick at least one thing it may do.", field="permissions")
    wanted = [permission for permission in Permission if permission in permissions]
    for permission in wanted:
        if for_buyers and permission not in FOR_BUYERS:
            raise Refused(f"“{permission.word}” is for staff, not for buyers.", field="permissions")
        if not by.may_grant(frozenset({permission})):
            raise Refused(
                f"You cannot give “{permission.word}”: you do not have it yourself.", field="permissions"
            )
    return frozenset(permission.value for permission in wanted)


def _keep_an_admin_besides(user: User) -> None:
    if people.working_admins() == {user.id}:
        raise Refused(
            f"{user.name} is the last working administrator. Make somebody else an administrator first.",
            field="roles",
        )


def _keep_the_company_run_besides(user: User, *, by: Viewer) -> None:
    """Two who shut each other out at once: the second finds that there is nobody else. Staff may, and can help."""
    if not by.is_staff and people.who_run_the_company(user.customer_id) == {user.id}:
        raise Refused(
            f"{user.name} is the last who can manage your colleagues. Give somebody else that role first.",
            field="roles",
        )
