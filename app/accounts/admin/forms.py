"""What an administrator may type about people, roles and keys."""

import re
from datetime import datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from wtforms.validators import ValidationError

from app.accounts.models import FOR_BUYERS, Role, User, UserKind
from app.accounts.queries import people
from app.core.access import Permission, Viewer
from app.core.business import business, today
from app.web import fields
from app.web.forms import Form, VersionedForm

Groups = list[tuple[str, list[Any]]]

NO_ROLE = "Choose at least one role."
USUAL_ROLE = "buyer"  # of a buyer
USUAL_LIFE = timedelta(days=365)
LAST_SECOND = time(23, 59, 59)
GROUPS: tuple[tuple[str, tuple[Permission, ...]], ...] = (
    (
        "Orders",
        (
            Permission.ORDERS_READ,
            Permission.ORDERS_WRITE,
            Permission.ORDERS_CONFIRM,
            Permission.ORDERS_FULFIL,
            Permission.ORDERS_REFUND,
            Permission.ORDERS_OVERRIDE,
        ),
    ),
    (
        "Customers and money",
        (Permission.CUSTOMERS_READ, Permission.CUSTOMERS_WRITE, Permission.ACCOUNTS_WRITE),
    ),
    (
        "Products and stock",
        (Permission.CATALOGUE_WRITE, Permission.PRICES_WRITE, Permission.STOCK_WRITE, Permission.IMPORTS_RUN),
    ),
    (
        "Running the house",
        (
            Permission.REPORTS_READ,
            Permission.USERS_WRITE,
            Permission.SETTINGS_WRITE,
            Permission.AUDIT_READ,
            Permission.ADMIN,
        ),
    ),
)


class InviteForm(Form):
    doing = "to send the invitation"
    name = fields.text("Name", missing="Type the person's name.", autocomplete="off")
    email = fields.email("Email", autocomplete="off")
    phone = fields.phone("Phone", autocomplete="off")
    customer_id = fields.text("Customer", missing="Type the customer they buy for.", list="customers")
    roles = fields.ticks("Roles", missing=NO_ROLE)

    @classmethod
    def for_kind(cls, kind: str, *, by: Viewer, customer: str = "") -> Self:
        is_buyer = kind == UserKind.BUYER
        form = cls(data={"customer_id": customer, "roles": [USUAL_ROLE] if is_buyer else []})
        form.kind = UserKind.BUYER if is_buyer else UserKind.STAFF
        if form.kind == UserKind.STAFF:
            del form.customer_id
        form.roles.offer(_roles_to_tick(form.kind, by=by))
        return form

    def invitation(self) -> dict[str, Any]:
        customer = people.customer_called(self.customer_id.data) if self.customer_id else None
        typed = self.plain("name", "email", "phone", "roles")
        return typed | {"kind": self.kind, "customer_id": customer.id if customer else None}


class PersonForm(VersionedForm):
    """Nobody changes their own roles: on their own page the ticks are missing."""

    doing = "to save this person"
    name = fields.text("Name", missing="Type the person's name.", autocomplete="off")
    email = fields.email("Email", autocomplete="off")
    phone = fields.phone("Phone", autocomplete="off")
    roles = fields.ticks("Roles", missing=NO_ROLE)

    @classmethod
    def of(cls, person: User, *, by: Viewer) -> Self:
        known = {name: getattr(person, name) for name in ("name", "email", "phone", "version")}
        form = cls(data=known | {"roles": person.role_codes})
        form.held = person.role_codes
        form.roles.offer(_roles_to_tick(person.kind, by=by))
        if person.id == by.user_id:
            del form.roles
        return form

    def changes(self) -> dict[str, Any]:
        roles = self.roles.data if self.roles else self.held
        return self.plain("name", "email", "phone") | {"roles": roles}


class RoleForm(VersionedForm):
    doing = "to save this role"
    name = fields.text("Name", missing="Type a name for this role.", longest=60)
    permissions = fields.ticks("What it may do")

    @classmethod
    def for_kind(cls, kind: str, *, by: Viewer, role: Role | None = None) -> Self:
        form = cls(obj=role)
        form.permissions.offer(_permissions_to_tick(by, for_buyers=kind == UserKind.BUYER))
        return form

    @property
    def groups(self) -> Groups:
        return _grouped(self.permissions)

    @property
    def code(self) -> str:
        """How programs call it: the name in small letters."""
        return re.sub(r"[^a-z0-9]+", "_", self.name.data.lower()).strip("_")[:30]


class KeyForm(Form):
    doing = "to make this key"
    name = fields.text("Name", missing="Type what this key is for.", longest=80, autocomplete="off")
    permissions = fields.ticks("What it may do")
    customer_id = fields.text("Customer", list="customers", autocomplete="off")
    allowed_addresses = fields.text("Addresses it may come from", longest=400, autocomplete="off")
    expires_on = fields.day("Works until")

    @classmethod
    def for_viewer(cls, by: Viewer) -> Self:
        form = cls(data={"expires_on": today() + USUAL_LIFE})
        form.permissions.offer(_permissions_to_tick(by, for_buyers=False))
        return form

    @property
    def groups(self) -> Groups:
        return _grouped(self.permissions)

    def validate_expires_on(self, field: Any) -> None:
        if field.data and field.data < today():
            raise ValidationError("This day is over. Choose a later one.")

    def key(self) -> dict[str, Any]:
        code = self.customer_id.data
        return self.plain("name", "permissions") | {
            "customer_id": people.customer_called(code).id if code else None,
            "allowed_addresses": re.findall(r"[^\s,;]+", self.allowed_addresses.data),
            "expires_at": self._end_of_last_day(),
        }

    def _end_of_last_day(self) -> datetime | None:
        if self.expires_on.data is None:
            return None
        return datetime.combine(self.expires_on.data, LAST_SECOND, tzinfo=ZoneInfo(business().time_zone))


def _roles_to_tick(kind: str, *, by: Viewer) -> list[tuple[str, str]]:
    """What this viewer may give to this kind of person."""
    suitable = (role for role in people.roles() if role.kind == kind and by.may_grant(role.permissions))
    return [(role.code, role.name) for role in suitable]


def _permissions_to_tick(by: Viewer, *, for_buyers: bool) -> list[tuple[str, str]]:
    """What the viewer may give and the holder can have."""
    return [
        (permission.value, permission.word)
        for permission in Permission
        if by.may(permission) and (permission in FOR_BUYERS or not for_buyers)
    ]


def _grouped(ticks: fields.Ticks) -> Groups:
    """The ticks of a form under the titles of what they are about."""
    offered = {tick.data: tick for tick in ticks}
    found = [(title, [offered[one] for one in group if one in offered]) for title, group in GROUPS]
    return [(title, options) for title, options in found if options]
