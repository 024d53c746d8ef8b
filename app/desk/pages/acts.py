"""What staff can do with an order on a page of its own: how each move is asked about, and what does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core import clock
from app.fulfilment.models import Return, Shipment
from app.fulfilment.queries.returns import what_can_come_back
from app.fulfilment.service import packing, returning, sending
from app.orders.act_forms import LinesForm, ReasonForm
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
    moving.release(number, reason=form.reason.data, **_now(), version=form.seen_version)


def _cancel(number: int, form: Any) -> None:
    moving.cancel(number, reason=form.reason.data, **_now(), version=form.seen_version)


def _cancel_remainder(number: int, form: Any) -> None:
    told = {"reason": form.reason.data, "lines": form.wanted, "version": form.seen_version}
    moving.cancel_remainder(number, **told, **_now())


def _open_shipment(number: int, form: Any) -> Shipment:
    return packing.open_shipment(number, **_now(), version=form.seen_version)


def _deliver(number: int, form: Any) -> None:
    sending.deliver_all(number, **_now(), version=form.seen_version)


def _take_back(number: int, form: Any) -> Return:
    return returning.ask(number, lines=form.wanted, reason=form.reason.data, by=viewer())


def _its_shipment(made: Shipment) -> str:
    return url_for("fulfilment.shipment", shipment_id=made.id)


def _its_return(made: Return) -> str:
    return url_for("fulfilment.return_page", return_id=made.id)


def _unplanned(order: Order) -> dict[int, int]:
    return {item.line: item.unplanned for item in order.items}


def _still_with_them(order: Order) -> dict[int, int]:
    return what_can_come_back(order.id)


ACTS = {
    "confirm": Act(
        icon="check",
        question="Confirm order {}?",
        button="Confirm order {}",
        done="Order {} is confirmed",
        run=_confirm,
        needs_reason=False,
    ),
    "hold": Act(
        icon="clock",
        question="Put order {} on hold?",
        button="Put on hold",
        done="Order {} is on hold",
        run=_hold,
    ),
    "release": Act(
        icon="undo",
        question="Release order {}?",
        button="Release order {}",
        leave="Leave it on hold",
        done="Order {} is released",
        run=_release,
    ),
    "cancel": Act(
        icon="x",
        question="Cancel order {}?",
        button="Cancel order {}",
        leave="Keep order as it is",
        done="Order {} is cancelled",
        run=_cancel,
        takes_away=True,
    ),
    "cancel_remainder": Act(
        icon="minus",
        question="Cancel what remains of order {}?",
        button="Cancel these units",
        leave="Keep order as it is",
        done="Cancelled what you took off order {}",
        run=_cancel_remainder,
        most=_unplanned,
        column="Not sent",
        is_all_at_first=True,
        takes_away=True,
    ),
    "open_shipment": Act(
        icon="box",
        question="Start picking order {}?",
        button="Start picking",
        done="Order {} is being picked",
        run=_open_shipment,
        then=_its_shipment,
        needs_reason=False,
    ),
    "deliver": Act(
        icon="truck",
        question="Mark order {} as delivered?",
        button="Mark as delivered",
        done="Order {} is delivered",
        run=_deliver,
        needs_reason=False,
    ),
    "return": Act(
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
