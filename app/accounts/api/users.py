"""People, for programs: oneself and those one may manage."""

from typing import Any

from app.accounts.queries import directory
from app.accounts.schemas import Me, UserInvited, UserOut, UserPage, UserReplaced, UsersAsked
from app.accounts.service import from_programs
from app.core import clock
from app.core.access import Permission
from app.core.paging import NumberedPage
from app.web.access import requires, viewer
from app.web.api import api


@api.get("/me", answer=Me, refusals=(403,))
@requires()
def show_me() -> dict[str, Any]:
    """Who you are and what you may do. An API key is nobody, and gets 403."""
    account = directory.account_seen_by(viewer(), viewer().person_id)
    return {**account._mapping, "permissions": sorted(viewer().permissions)}  # noqa: SLF001 - SQLAlchemy's documented name


@api.get("/users", query=UsersAsked, answer=UserPage)
@requires(Permission.USERS_WRITE)
def list_users(query: UsersAsked) -> NumberedPage[Any]:
    """List people. Buyers see their own colleagues."""
    return directory.accounts_paged(viewer(), **query.model_dump())


@api.post("/users", body=UserInvited, answer=UserOut, status=201)
@requires(Permission.USERS_WRITE)
def invite_user(body: UserInvited) -> Any:
    """Invite a person. They get a mail with a link to choose a password."""
    user = from_programs.invite(**body.model_dump(), by=viewer(), at=clock.now())
    return directory.account_seen_by(viewer(), user.id)


@api.get("/users/<int:user_id>", answer=UserOut)
@requires(Permission.USERS_WRITE)
def show_user(user_id: int) -> Any:
    """Show one person."""
    return directory.account_seen_by(viewer(), user_id)


@api.put("/users/<int:user_id>", body=UserReplaced, answer=UserOut)
@requires(Permission.USERS_WRITE)
def replace_user(user_id: int, body: UserReplaced, version: int) -> Any:
    """Replace what is known about a person. Kind and customer stay as they are."""
    from_programs.replace(user_id, **body.model_dump(), version=version, by=viewer(), at=clock.now())
    return directory.account_seen_by(viewer(), user_id)


@api.delete("/users/<int:user_id>", message="Deleted")
@requires(Permission.USERS_WRITE)
def delete_user(user_id: int, version: int) -> None:
    """Delete a person. They are signed out everywhere; an administrator can restore them."""
    from_programs.remove(user_id, version=version, by=viewer(), at=clock.now())
