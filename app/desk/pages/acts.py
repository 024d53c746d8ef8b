"""What staff can do with an order on a page of its own: how each move is asked about, and what does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core import clock
from app.core.access import Permission
from app.desk.forms.acts import LinesForm, ReasonForm
from app.fulfilment.models import Return, Shipment
from app.fulfilment.queries.returns import on_the_way_back
from app.fulfilment.service import packing, returning, sending
from app.orders.models import Order
from app.orders.service import moving
from app.web.access import viewer
from app.web.forms import VersionedForm

KEEP = "Leave it as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`run` does it with what the form says, and `then` is where to go on, where that is not the order itself;
    `most` tells how much of each line it may be about.
    """

    door: str
    permission: Permission
    icon: str
    question: str
    button: str
    done: str
    run: Callable[[int, Any], Any]
    then: Callable[[Any], str] | None = None
    leave: str = KEEP
    needs_reason: bool = True
    most: Callable[[Order], Mapping[int, int]] | None = None
    column: str = ""
    is_all_at_first: bool = False
    takes_away: bool = False

    def form_for(self, order: Order) -> VersionedForm:
        if self.most is not None:
            most = self.most(order)
            return LinesForm.of(order, most=most, usual=most if self.is_all_at_first else {})
        return (ReasonForm if self.needs_reason else VersionedForm)(data={"version": order.version})


def _now() -> dict[str, Any]:
    return {"by": viewer(), "at": clock.now()}


def _confirm(number: int, form: Any) -> None:
    moving.confirm(number, **_now(), version=form.seen_version)


def _hold(number: int, form: Any) -> None:
    moving.hold(number, reason=form.reason.data, by=viewer(), version=form.seen_version)


def _release(number: int, form: Any) -> None:
    moving.release(number, reason=form.reason.data, by=viewer(), version=form.seen_version)


def _cancel(number: int, form: Any) -> None:
    moving.cancel(number, reason=form.reason.data, **_now(), version=form.seen_version)


def _cancel_remainder(number: int, form: Any) -> None:
    told = {"reason": form.reason.data, "lines": form.wanted, "version": form.seen_version}
    moving.cancel_remainder(number, **told, **_now())


def _open_shipment(number: int, form: Any) -> Shipment:
    return packing.open_shipment(number, **_now(), version=form.seen_version)


def _deliver(number: int, form: Any) -> None:
    sending.receive_all(number, **_now(), version=form.seen_version)


def _take_back(number: int, form: Any) -> Return:
    return returning.ask(number, lines=form.wanted, reason=form.reason.data, by=viewer())


def _its_shipment(made: Shipment) -> str:
    return url_for("fulfilment.shipment", shipment_id=made.id)


def _its_return(made: Return) -> str:
    return url_for("fulfilment.return_page", return_id=made.id)


def _unplanned(order: Order) -> dict[int, int]:
    return {item.line: item.unplanned for item in order.items}


def _still_with_them(order: Order) -> dict[int, int]:
    coming = on_the_way_back(order.id)
    return {
        item.line: item.quantity_shipped - item.quantity_returned - coming.get(item.id, 0)
        for item in order.items
    }


ACTS = {
    "confirm": Act(
        door="desk.decide",
        permission=Permission.ORDERS_CONFIRM,
        icon="check",
        question="Confirm order {}?",
        button="Confirm order {}",
        done="Order {} is confirmed",
        run=_confirm,
        needs_reason=False,
    ),
    "hold": Act(
        door="desk.decide",
        permission=Permission.ORDERS_CONFIRM,
        icon="clock",
        question="Put order {} on hold?",
        button="Put on hold",
        done="Order {} is on hold",
        run=_hold,
    ),
    "release": Act(
        door="desk.decide",
        permission=Permission.ORDERS_CONFIRM,
        icon="undo",
        question="Release order {}?",
        button="Release order {}",
        leave="Leave it on hold",
        done="Order {} is released",
        run=_release,
    ),
    "cancel": Act(
        door="desk.act",
        permission=Permission.ORDERS_WRITE,
        icon="x",
        question="Cancel order {}?",
        button="Cancel order {}",
        leave="Keep order as it is",
        done="Order {} is cancelled",
        run=_cancel,
        takes_away=True,
    ),
    "cancel_remainder": Act(
        door="desk.decide",
        permission=Permission.ORDERS_CONFIRM,
        icon="minus",
        question="Cancel what remains of order {}?",
        button="Cancel these units",
        leave="Keep order as it is",
        done="What you took off order {} is cancelled",
        run=_cancel_remainder,
        most=_unplanned,
        column="Not sent",
        is_all_at_first=True,
        takes_away=True,
    ),
    "open_shipment": Act(
        door="desk.send",
        permission=Permission.ORDERS_FULFIL,
        icon="box",
        question="Start picking order {}?",
        button="Start picking",
        done="Order {} is being picked",
        run=_open_shipment,
        then=_its_shipment,
        needs_reason=False,
    ),
    "deliver": Act(
        door="desk.send",
        permission=Permission.ORDERS_FULFIL,
        icon="truck",
        question="Mark order {} as delivered?",
        button="Mark as delivered",
        done="Order {} is delivered",
        run=_deliver,
        needs_reason=False,
    ),
    "return": Act(
        door="desk.take_back",
        permission=Permission.ORDERS_REFUND,
        icon="undo",
        question="What comes back of order {}?",
        button="Note this return",
        done="The return of order {} waits for your decision",
        run=_take_back,
        then=_its_return,
        most=_still_with_them,
        column="They have",
    ),
}


def behind(door: str) -> str:
    """The verbs of one door, as an address knows them."""
    return f"any({', '.join(name for name, act in ACTS.items() if act.door == f'desk.{door}')})"
