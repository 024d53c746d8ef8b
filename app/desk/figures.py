"""What may wait for somebody: each count is for those who may work on its rows, and leads to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.access import Permission, Viewer
from app.core.business import business
from app.core.money import money
from app.core.text import counted
from app.desk.queries.today import Counts, Orders


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of row: in words when there is one and when there are many, why it waits, and what it is of.

    `amount` is which of the counts says how much money it is.
    """

    name: str
    one: str
    many: str
    why: str
    noun: str
    permission: Permission
    endpoint: str
    filter: Mapping[str, str] = field(default_factory=dict)
    amount: str = ""

    @classmethod
    def of_orders(cls, view: str, word: str, why: str, permission: Permission) -> "Figure":
        return cls(
            view,
            f"order {word}",
            f"orders {word}",
            why,
            f"orders {word}",
            permission,
            "desk.queue",
            {"view": view},
        )

    @classmethod
    def of_the_warehouse(cls, view: str, word: str, why: str, **where: str) -> "Figure":
        here = cls.of_orders(view, word, why, Permission.ORDERS_FULFIL)
        return replace(here, endpoint="fulfilment.pick", filter=where)


class Waiting(NamedTuple):
    """So many of one kind, the oldest since then where that is known."""

    figure: Figure
    words: str
    since: datetime | None


FIGURES = (
    Figure.of_orders(
        "confirm", "to confirm", "Their customers wait to hear the day", Permission.ORDERS_CONFIRM
    ),
    Figure.of_orders("hold", "on hold", "Somebody has to decide", Permission.ORDERS_CONFIRM),
    Figure.of_the_warehouse("pick", "to pick", "Confirmed, and nobody picks them yet"),
    Figure.of_the_warehouse("packed", "packed", "Waiting for a van", show="packed"),
    Figure.of_orders("late", "late", "Promised for a day that is over", Permission.ORDERS_READ),
    Figure(
        "applications",
        "trade application",
        "trade applications",
        "Waiting for your answer",
        "applications",
        Permission.CUSTOMERS_WRITE,
        "customers.applications",
    ),
    Figure(
        "returns",
        "return to answer",
        "returns to answer",
        "Their customers wait to hear",
        "returns to answer",
        Permission.ORDERS_REFUND,
        "fulfilment.returns",
        {"status": "requested"},
    ),
    Figure(
        "overdue",
        "invoice overdue",
        "invoices overdue",
        "Past the day by which they were to be paid",
        "overdue invoices",
        Permission.ACCOUNTS_WRITE,
        "money.debt",
        amount="owed",
    ),
    Figure(
        "receipts",
        "receipt not used up",
        "receipts not used up",
        "Money came in that pays nothing yet",
        "unused receipts",
        Permission.ACCOUNTS_WRITE,
        "desk.receipts",
    ),
    Figure(
        "short",
        "product short",
        "products short",
        "Orders hold more than there is",
        "short stock",
        Permission.ORDERS_READ,
        "stock_admin.stock",
        {"standing": "short"},
    ),
    Figure(
        "low",
        "product low",
        "products low",
        "At their warning level, or under it",
        "low stock",
        Permission.STOCK_WRITE,
        "stock_admin.stock",
        {"standing": "low"},
    ),
    Figure(
        "invitations",
        "open invitation",
        "open invitations",
        "Invited, no password chosen yet",
        "invitations",
        Permission.USERS_WRITE,
        "accounts_admin.people",
        {"tab": "invited"},
    ),
    Figure(
        "failed",
        "failed message",
        "failed messages",
        "Given up after several tries",
        "failed messages",
        Permission.SETTINGS_WRITE,
        "operations.messages",
        {"state": "failed"},
    ),
)
PRESSING = {"late", "overdue", "short", "failed"}


def figures_for(viewer: Viewer) -> list[Figure]:
    return [figure for figure in FIGURES if viewer.may(figure.permission)]


def waiting_for(viewer: Viewer, counts: Counts, orders: Orders) -> list[Waiting]:
    """Only what is there: a list of noughts helps nobody."""
    known: dict[str, Any] = counts._asdict() | orders.standing.counts
    return [
        Waiting(
            figure,
            _words(figure, known),
            orders.standing.oldest.get(figure.name),
        )
        for figure in figures_for(viewer)
        if known[figure.name]
    ]


def _words(figure: Figure, known: Mapping[str, Any]) -> str:
    words = counted(known[figure.name], figure.one, figure.many)
    return f"{words}, {money(known[figure.amount], business().currency)}" if figure.amount else words


def compared(now: Decimal, before: Decimal) -> tuple[str, str]:
    """In per cent, and whether that is up or down; nothing to say beside nothing."""
    if not before:
        return "", ""
    share = round((now - before) / before * 100)
    if not share:
        return "as much as", ""
    return (f"{share}% more than", "up") if share > 0 else (f"{-share}% less than", "down")


def differing(now: int, before: int) -> tuple[str, str]:
    if now == before:
        return "as many as", ""
    return (f"{now - before:,} more than", "up") if now > before else (f"{before - now:,} fewer than", "down")
