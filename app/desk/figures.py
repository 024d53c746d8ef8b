"""What may wait for somebody: each count is for those who may work on its rows, and leads to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.access import Permission, Viewer
from app.desk.queries.today import Counts


@dataclass(frozen=True, slots=True)
class Figure:
    """A count in words: over it, under it when there are none or some, and what it is of."""

    name: str
    label: str
    none: str
    some: str
    noun: str
    permission: Permission
    endpoint: str
    filter: Mapping[str, str] = field(default_factory=dict)


FIGURES = (
    Figure(
        "applications",
        "Trade applications",
        "None waits for an answer",
        "Wait for your answer",
        "applications",
        Permission.CUSTOMERS_WRITE,
        "customers.applications",
    ),
    Figure(
        "short",
        "Short stock",
        "Orders hold no more than there is",
        "Orders hold more than there is",
        "short stock",
        Permission.ORDERS_READ,
        "stock_admin.stock",
        {"standing": "short"},
    ),
    Figure(
        "low",
        "Low stock",
        "None is at its warning level",
        "At their warning level, or under it",
        "low stock",
        Permission.STOCK_WRITE,
        "stock_admin.stock",
        {"standing": "low"},
    ),
    Figure(
        "invitations",
        "Open invitations",
        "None is open",
        "Invited, no password chosen yet",
        "invitations",
        Permission.USERS_WRITE,
        "accounts_admin.people",
        {"tab": "invited"},
    ),
    Figure(
        "failed",
        "Failed messages",
        "None was given up",
        "Given up after several tries",
        "failed messages",
        Permission.SETTINGS_WRITE,
        "operations.messages",
        {"state": "failed"},
    ),
)


def figures_for(viewer: Viewer, counts: Counts) -> list[tuple[Figure, int]]:
    return [(one, getattr(counts, one.name)) for one in FIGURES if viewer.may(one.permission)]
