"""What is done to the orders that are ticked in the queue, with a result for each."""

from datetime import date
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.core.clock import business_day
from app.core.text import long_day
from app.desk.pages.blueprint import bp
from app.desk.queries.queue import PAGE_SIZE
from app.orders.act_forms import DayForm
from app.orders.queries.ways import ways_of_delivery
from app.orders.service import several
from app.web.access import requires, viewer
from app.web.listing import numbers_in, tell

PLACE = ("view", "q", "day", "payment", "sort", "after", "before")
EACH = "Order {0.number}: {0.refusal}"
LEADS_TO = {"slips": "fulfilment.slips", "export": ".queue_csv", "day": ".move_days"}


@bp.post("/desk/orders")
@requires(Permission.ORDERS_READ, staff=True)
def work_on_orders() -> ResponseReturnValue:
    """Sent twice, the second finds what the first has done and says so; each order is a unit of its own."""
    ticked, do = numbers_in(request.form.getlist("order"), PAGE_SIZE), request.form.get("do", "")
    if not ticked:
        flash("Tick some orders first", "info")
    elif do in LEADS_TO:
        return redirect(_with(url_for(LEADS_TO[do], order=ticked), _place() if do == "day" else {}), code=303)
    elif do == "confirm":
        outcomes = several.confirm(ticked, by=viewer(), at=clock.now())
        tell(outcomes, "order confirmed", "orders confirmed", naming=EACH)
    return redirect(back_to_the_queue(), code=303)


@bp.route("/desk/orders/move-day", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, staff=True)
def move_days() -> ResponseReturnValue:
    numbers, form = numbers_in(request.values.getlist("order"), PAGE_SIZE), DayForm.of(_days())
    if numbers and form.validate_on_submit():
        outcomes = several.move_day(numbers, form.day, by=viewer(), at=clock.now())
        moved = f"moved to {long_day(form.day)}"
        tell(outcomes, f"order {moved}", f"orders {moved}", naming=EACH)
        return redirect(back_to_the_queue(), code=303)
    return form.page("desk/move_days.html", numbers=numbers, back=back_to_the_queue())


def back_to_the_queue() -> str:
    """Where they were ticked."""
    return _with(url_for(".queue"), _place())


def _place() -> dict[str, str]:
    return {name: request.args[name] for name in PLACE if name in request.args}


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}" if query else address


def _days() -> list[date]:
    """All on which anything can come; each order says itself whether it can, too."""
    at, zone = clock.now(), business().time_zone
    ways = ways_of_delivery(business_day(at, zone))
    return sorted({on for way in ways.ways for on in ways.days(way, at=at, zone=zone)})
