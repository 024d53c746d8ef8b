"""The table of moves: who is offered what, when, and what is said where it cannot be done."""

from dataclasses import dataclass
from datetime import date

import pytest

from app import ROOT
from app.core.access import Permission, Viewer
from app.core.errors import NotAllowed
from app.orders import drawing
from app.orders.moves import MOVES, IllegalMove, expect, moves_open
from app.orders.states import HoldReason, OpenShipment, OrderStatus


@dataclass
class Standing:
    status: str = OrderStatus.PENDING
    hold_reason: str | None = None
    open_shipment: str | None = None
    shipments_sent: int = 0
    number: int = 10482
    promised_on: date | None = None


def staff(*permissions: Permission) -> Viewer:
    return Viewer(principal="user:1", is_staff=True, permissions=frozenset(permissions))


BUYER = Viewer(principal="user:2", customer_id=1, permissions=frozenset({Permission.ORDERS_WRITE}))
ALL = staff(Permission.ADMIN)


def names(order: Standing, viewer: Viewer) -> list[str]:
    return [move.name for move in moves_open(order, viewer)]


def test_what_the_documentation_draws_is_what_the_code_does() -> None:
    drawn = (ROOT / "docs" / "the-life-of-an-order.md").read_text(encoding="utf-8")
    assert drawn == drawing.page(), "run python -m app.orders.drawing > docs/the-life-of-an-order.md"


@pytest.mark.parametrize(
    ("order", "offered"),
    [
        (Standing(), ["amend", "cancel", "note"]),
        (Standing("confirmed"), ["note"]),
        (Standing("confirmed", shipments_sent=1), ["return", "note"]),
        (Standing("shipped", shipments_sent=1), ["deliver", "return", "note"]),
        (Standing("delivered", shipments_sent=1), ["return", "note"]),
        (Standing("cancelled"), ["note"]),
    ],
)
def test_buyers_change_only_what_nobody_has_confirmed(order: Standing, offered: list[str]) -> None:
    assert names(order, BUYER) == offered


@pytest.mark.parametrize(
    ("order", "offered"),
    [
        (Standing(), ["confirm", "hold", "amend", "cancel", "note"]),
        (Standing(hold_reason=HoldReason.STAFF), ["release", "amend", "cancel", "note"]),
        (
            Standing("confirmed"),
            ["hold", "amend", "cancel", "cancel_remainder", "open_shipment", "note"],
        ),
        (Standing("confirmed", open_shipment=OpenShipment.PICKING), ["close_shipment", "pack", "note"]),
        (Standing("confirmed", open_shipment=OpenShipment.PACKED), ["close_shipment", "ship", "note"]),
        (
            Standing("confirmed", shipments_sent=1),
            ["hold", "amend", "cancel_remainder", "open_shipment", "return", "refund", "note"],
        ),
    ],
)
def test_the_desk_is_offered_what_can_be_done_next(order: Standing, offered: list[str]) -> None:
    assert names(order, ALL) == offered


def test_a_credit_hold_is_released_only_by_who_may_override_it() -> None:
    held = Standing(hold_reason=HoldReason.CREDIT)
    assert "release" not in names(held, staff(Permission.ORDERS_CONFIRM))
    assert names(held, staff(Permission.ORDERS_OVERRIDE)) == ["release"]
    with pytest.raises(IllegalMove, match="Whoever may release a credit hold"):
        expect("release", held, staff(Permission.ORDERS_CONFIRM))


def test_whoever_comes_too_late_reads_what_has_happened_meanwhile() -> None:
    with pytest.raises(IllegalMove, match="It is confirmed by now"):
        expect("cancel", Standing("confirmed"), BUYER)
    with pytest.raises(IllegalMove, match="It is cancelled by now"):
        expect("confirm", Standing("cancelled"), ALL)
    with pytest.raises(IllegalMove, match="Release it first"):
        expect("confirm", Standing(hold_reason=HoldReason.STAFF), ALL)


def test_who_may_not_is_told_so_whatever_the_order_is_doing() -> None:
    with pytest.raises(NotAllowed, match="You may not confirm here"):
        expect("confirm", Standing(), BUYER)


def test_every_move_says_what_it_does_before_it_is_done() -> None:
    assert all(move.effects.endswith(".") and move.words for move in MOVES)
    assert all(guard.otherwise.endswith(".") and guard.words for move in MOVES for guard in move.guards)
