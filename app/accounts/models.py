"""People, customers, roles, and the ways to prove who you are."""

from collections.abc import Container
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.access import Permission
from app.core.audit import SECRET
from app.core.database import Edited, Model, Record, SoftDeleted
from app.core.errors import Refused


class UserKind(StrEnum):
    BUYER = "buyer"
    STAFF = "staff"

    @property
    def people(self) -> str:
        return "our own staff" if self is UserKind.STAFF else "buyers"


ADMIN_ROLE = "admin"  # holds everything, for good: somebody must always be able to let others in

# What a buyer, or a key bound to one customer, can be given at all.
FOR_BUYERS = frozenset({Permission.ORDERS_READ, Permission.ORDERS_WRITE, Permission.USERS_WRITE})


class CustomerStatus(StrEnum):
    APPLIED = "applied"
    ACTIVE = "active"
    ON_STOP = "on_stop"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS = {
    CustomerStatus.APPLIED: "waiting for approval",
    CustomerStatus.ACTIVE: "active",
    CustomerStatus.ON_STOP: "on stop",
    CustomerStatus.CLOSED: "closed",
}


class TokenKind(StrEnum):
    VERIFY = "verify"
    RESET = "reset"
    INVITE = "invite"


class Customer(Edited, SoftDeleted, Record):
    """A business that buys from us."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("uq_customer_code", "code", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_customer_letters",
            *("name", "code"),
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops", "code": "gin_trgm_ops"},
        ),
        Index("ix_customer_name", text("lower(name)"), "id"),
        CheckConstraint("status IN ('applied', 'active', 'on_stop', 'closed')", name="status"),
        CheckConstraint("tax_treatment IN ('standard', 'exempt', 'zero')", name="tax_treatment"),
        CheckConstraint(
            "payment_terms IN ('prepay', 'net7', 'net14', 'net30', 'net60')", name="payment_terms"
        ),
        CheckConstraint("credit_limit >= 0", name="credit_limit"),
        CheckConstraint("min_order_net >= 0", name="min_order_net"),
    )

    code: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(120))
    status: Mapped[CustomerStatus] = mapped_column(String(10), default=CustomerStatus.APPLIED)
    phone: Mapped[str] = mapped_column(String(40), default="")
    invoice_email: Mapped[str] = mapped_column(String(254), default="")
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    tax_treatment: Mapped[str] = mapped_column(String(10), default="standard", server_default="standard")
    payment_terms: Mapped[str] = mapped_column(String(8), default="prepay", server_default="prepay")
    credit_limit: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    po_required: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    min_order_net: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    auto_confirm: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id", use_alter=True), index=True)
    account_manager_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", use_alter=True))
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    status_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")

    def __str__(self) -> str:
        return self.name

    def approve(self) -> None:
        if self.status != CustomerStatus.APPLIED:
            raise Refused(f"{self.name} is not waiting for approval.")
        self.status = CustomerStatus.ACTIVE

    def move(self, status: CustomerStatus, *, out_of: Container[str], reason: str = "") -> None:
        """From one status to another, with the reason that is shown while it lasts."""
        if self.status not in out_of:
            raise Refused(f"{self.name} is {CustomerStatus(self.status).word} by now.")
        self.status, self.status_reason = status, reason


STANDING = (
    "CASE WHEN deleted_at IS NOT NULL THEN 'deleted' WHEN NOT is_active THEN 'deactivated' "
    "WHEN password_hash IS NULL THEN 'invited' ELSE kind END"
)


class User(Edited, SoftDeleted, Record):
    """A person who can sign in: one of our staff, or a buyer of one customer."""

    __tablename__ = "user"
    __table_args__ = (
        Index("uq_user_email", "email", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_user_name", text("lower(name)"), "id"),
        Index("ix_user_standing_name", "standing", text("lower(name)"), "id"),
        Index("ix_user_standing_email", "standing", "email", "id"),
        Index(
            "ix_user_standing_last_login", "standing", text("coalesce(last_login_at, to_timestamp(0))"), "id"
        ),
        Index(
            "ix_user_name_letters", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
        ),
        Index(
            "ix_user_email_letters", "email", postgresql_using="gin", postgresql_ops={"email": "gin_trgm_ops"}
        ),
        CheckConstraint("kind IN ('buyer', 'staff')", name="kind"),
        CheckConstraint("(kind = 'buyer') = (customer_id IS NOT NULL)", name="buyer_has_customer"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200), info=SECRET)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    kind: Mapped[UserKind] = mapped_column(String(5))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    email_verified_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    prefs: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    # Which list of people this one is on, for any size of list: PostgreSQL keeps it.
    standing: Mapped[str] = mapped_column(String(11), Computed(STANDING, persisted=True))

    customer: Mapped[Customer | None] = relationship(lazy="raise", foreign_keys=[customer_id])
    roles: Mapped[list["Role"]] = relationship(secondary="user_role", lazy="raise", order_by="Role.position")

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        return self.kind == UserKind.STAFF

    @property
    def state(self) -> str:
        """One word for the list: what stands between this person and signing in."""
        if self.anonymised_at:
            return "anonymised"
        if self.deleted_at:
            return "deleted"
        if not self.is_active:
            return "deactivated"
        return "invited" if self.password_hash is None else "active"

    @property
    def single_keys(self) -> bool:
        return bool(self.prefs.get("single_keys", True))

    @property
    def role_codes(self) -> list[str]:
        return [role.code for role in self.roles]

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset[str]().union(*(role.permissions for role in self.roles))

    def may(self, permission: str) -> bool:
        return permission in self.permissions or Permission.ADMIN in self.permissions

    def anonymise(self, at: datetime) -> None:
        """Forget the person; what they did keeps its number and their customer."""
        if self.anonymised_at:
            raise Refused("This person is already anonymised.")
        self.email = f"anonymised-{self.id}@invalid"
        self.name, self.phone, self.prefs = f"Person {self.id}", "", {}
        self.password_hash = None
        self.is_active, self.anonymised_at = False, at
        self.deleted_at = self.deleted_at or at


class Role(Edited, Record):
    """A named bundle of permissions."""

    __tablename__ = "role"
    __table_args__ = (CheckConstraint("kind IN ('buyer', 'staff')", name="kind"),)

    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[UserKind] = mapped_column(String(5))
    is_system: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    position: Mapped[int] = mapped_column(default=100, server_default="100")

    granted: Mapped[list["RolePermission"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="RolePermission.permission"
    )

    def __str__(self) -> str:
        return self.name

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset(row.permission for row in self.granted)

    def grant_exactly(self, permissions: frozenset[str]) -> None:
        unknown = permissions - set(Permission)
        if unknown:
            raise Refused(f"There is no permission called {min(unknown)}.", field="permissions")
        kept = [row for row in self.granted if row.permission in permissions]
        added = permissions - {row.permission for row in kept}
        self.granted = kept + [RolePermission(permission=str(name)) for name in sorted(added)]


class RolePermission(Model):
    __tablename__ = "role_permission"

    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(30), primary_key=True)


class UserRole(Model):
    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True, index=True)
