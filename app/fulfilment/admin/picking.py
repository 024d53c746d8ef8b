"""What waits in the warehouse, and beginning with some of it."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.fulfilment.admin.blueprint import bp
from app.fulfilment.models import OPEN
from app.fulfilment.queries import to_pick
from app.fulfilment.service import starting
from app.web.access import requires, viewer
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked, numbers_in, tell

BEGUN = {status.value: status for status in OPEN}
UNTIL = {"today": timedelta(0), "tomorrow": timedelta(days=1)}


@bp.get("/pick")
@requires(Permission.ORDERS_FULFIL, staff=True)
def pick() -> ResponseReturnValue:
    wanted = asked("show", "until", sorts=("due",))
    listing, begun = _listing(wanted), to_pick.counts_begun(viewer())
    template = "begun" if wanted["show"] in BEGUN else "pick"
    return render_template(f"fulfilment/admin/{template}.html", listing=listing, begun=begun, today=today())


def _listing(wanted: Asked) -> Listing[Any]:
    places = {"after": wanted.after, "before": wanted.before}
    status = BEGUN.get(wanted["show"])
    if status is not None:
        page = to_pick.shipments_begun(viewer(), status, **places)
        return Listing(page, wanted, "shipments", one="shipment")
    ahead = UNTIL.get(wanted["until"])
    until = None if ahead is None else today() + ahead
    return Listing(to_pick.orders_to_pick(viewer(), until=until, **places), wanted, "orders", one="order")


@bp.post("/pick")
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def start_picking() -> ResponseReturnValue:
    ticked = numbers_in(request.form.getlist("o"))
    started = starting.start(ticked, by=viewer(), at=clock.now())
    if not ticked:
        flash("Tick some orders first", "info")
    tell(started, "order is being picked", "orders are being picked", naming="Order {0.number}: {0.refusal}")
    return redirect(_page_of([one.shipment.id for one in started if one.shipment]), code=303)


def _page_of(begun: list[int]) -> str:
    """One is worked on at once; of several there is a list along the shelves."""
    if len(begun) == 1:
        return url_for(".shipment", shipment_id=begun[0])
    return url_for(".pick_lists", shipment=begun) if begun else url_for(".pick")
