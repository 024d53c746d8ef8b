"""What programs send and are told about people, roles and signing in."""

from typing import Annotated, Literal

from pydantic import Field

from app.accounts.models import UserKind
from app.accounts.service.applications import Application
from app.core.access import Permission
from app.core.tokens import fingerprint
from app.web.schemas import Answer, Body, Email, Line, Moment, Name, Paged, Paging, Password

Token = Annotated[str, Field(min_length=1, max_length=200)]
RoleCode = Annotated[str, Field(min_length=1, max_length=30)]
CustomerCode = Annotated[Line, Field(min_length=1, max_length=24)]
Search = Annotated[Line, Field(max_length=120, description="These letters anywhere.")]


class Login(Body):
    email: Annotated[Line, Field(max_length=254)]
    password: Password
    totp: str | None = Field(None, max_length=20, description="The code of two-step sign-in, where it is on.")


class Refresh(Body):
    refresh_token: Token


class Tokens(Answer):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of the protocol
    expires_in: int = Field(description="Seconds for which the access token is good.")


class Company(Body):
    name: Name
    tax_id: Annotated[Line, Field(max_length=40)] = ""
    phone: Annotated[Line, Field(max_length=40)] = ""


class Register(Body):
    company: Company
    name: Name
    email: Email
    password: Password

    def application(self) -> Application:
        return Application(
            company=self.company.name,
            tax_id=self.company.tax_id,
            phone=self.company.phone,
            name=self.name,
            email=self.email,
            password=self.password,
        )


class Forgot(Body):
    email: Email


class Reset(Body):
    token: Token
    password: Password


class UserOut(Answer):
    id: int
    email: str
    name: str
    kind: UserKind
    customer: str | None = Field(description="The code of the customer a buyer belongs to.")
    roles: list[str]
    is_active: bool
    created_at: Moment
    updated_at: Moment
    version: int


class Me(UserOut):
    permissions: list[str]

    def etag(self) -> str:
        """Roles change what a person may do, and not the person's version."""
        return f"{self.version}.{fingerprint(' '.join(self.permissions))[:8]}"


class UserPage(Paged[UserOut]):
    """One page of people."""


class UserInvited(Body):
    email: Email
    name: Name
    kind: UserKind
    customer: CustomerCode | None = Field(None, description="Required for buyers, unless you are one.")
    roles: list[RoleCode] = Field(min_length=1, max_length=20)


class UserReplaced(Body):
    email: Email
    name: Name
    roles: list[RoleCode] = Field(min_length=1, max_length=20)
    is_active: bool


class UsersAsked(Paging):
    q: Search = ""
    kind: UserKind | None = None
    role: RoleCode | None = None
    customer: CustomerCode | None = None
    is_active: bool | None = None
    sort: Literal["name", "-name", "email", "-email", "created_at", "-created_at"] = "name"


class RoleOut(Answer):
    code: str
    name: str
    kind: UserKind
    permissions: list[str]
    is_system: bool
    created_at: Moment
    updated_at: Moment
    version: int


class RolePage(Paged[RoleOut]):
    """One page of roles."""


class RoleMade(Body):
    code: RoleCode
    name: Annotated[Line, Field(min_length=1, max_length=60)]
    kind: UserKind
    permissions: list[Permission] = Field(min_length=1, max_length=len(Permission))


class RoleReplaced(Body):
    name: Annotated[Line, Field(min_length=1, max_length=60)]
    permissions: list[Permission] = Field(min_length=1, max_length=len(Permission))


class RolesAsked(Paging):
    q: Search = ""
    kind: UserKind | None = None
    sort: Literal["position", "-position", "name", "-name", "code", "-code"] = "position"
