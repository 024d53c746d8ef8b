"""Who is asking, and what they may do: one answer for menus, pages, API and rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from app.core.errors import NotAllowed


class Permission(StrEnum):
    """What a role or a key can be given. `word` is how people read it."""

    word: str

    def __new__(cls, value: str, word: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member

    ORDERS_READ = "orders:read", "See orders"
    ORDERS_WRITE = "orders:write", "Place and change orders"
    ORDERS_CONFIRM = "orders:confirm", "Confirm and hold orders"
    ORDERS_FULFIL = "orders:fulfil", "Pick, pack, ship, receive returns"
    ORDERS_REFUND = "orders:refund", "Refund and answer returns"
    ORDERS_OVERRIDE = "orders:override", "Release credit holds, change a price"
    ACCOUNTS_WRITE = "accounts:write", "Receipts and statements"
    CUSTOMERS_READ = "customers:read", "See customers"
    CUSTOMERS_WRITE = "customers:write", "Change customers"
    CATALOGUE_WRITE = "catalogue:write", "Change products"
    PRICES_WRITE = "prices:write", "Change prices"
    STOCK_WRITE = "stock:write", "Change stock"
    REPORTS_READ = "reports:read", "Read reports"
    IMPORTS_RUN = "imports:run", "Run imports"
    USERS_WRITE = "users:write", "Manage people"
    SETTINGS_WRITE = "settings:write", "Change settings"
    AUDIT_READ = "audit:read", "Read the audit log"
    ADMIN = "admin", "Everything"


def words_of(permissions: Iterable[str]) -> list[str]:
    """As people read them, in the usual order."""
    named = set(permissions)
    return [permission.word for permission in Permission if permission in named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whoever is asking: a signed-in person, an API key, or nobody."""

    principal: str
    name: str = ""
    email: str = ""
    user_id: int | None = None
    key_id: int | None = None
    session_id: int | None = None
    session_token: str = field(default="", repr=False)
    confirmed_at: datetime | None = None
    is_staff: bool = False
    customer_id: int | None = None
    company: str | None = None
    permissions: frozenset[str] = frozenset()
    theme: str = ""
    single_keys: bool = True
    settings_version: int = 0

    @property
    def person_id(self) -> int:
        """Whose account this is, for what only people have."""
        if self.user_id is None:
            raise NotAllowed("This is an API key, not a person.")
        return self.user_id

    @property
    def is_authenticated(self) -> bool:
        return self.principal != ""

    # Flask-Login asks for these three.
    is_active = is_authenticated

    @property
    def is_anonymous(self) -> bool:
        return not self.is_authenticated

    def get_id(self) -> str:
        return self.session_token

    def may(self, permission: str) -> bool:
        """One answer for the button, the page, the endpoint and the row."""
        return permission in self.permissions or Permission.ADMIN in self.permissions

    def may_grant(self, permissions: frozenset[str]) -> bool:
        """Nobody gives away what they do not have."""
        return Permission.ADMIN in self.permissions or permissions <= self.permissions


ANONYMOUS = Viewer(principal="")
SYSTEM = Viewer(
    principal="system", name="Docket", is_staff=True, permissions=frozenset({Permission.ADMIN.value})
)
