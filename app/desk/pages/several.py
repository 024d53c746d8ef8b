"""What is done to the orders that are ticked in the queue, with a result for each."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.core.clock import business_day
from app.core.text import counted
from app.desk.forms.several import DayForSeveral
from app.desk.pages.blueprint import bp
from app.desk.pages.queue import numbers_in
from app.orders.queries.ways import ways_of_delivery
from app.orders.service import several
from app.orders.service.several import Outcome
from app.web.access import requires, viewer

PLACE = ("view", "q", "day", "payment", "sort", "after", "before")
LEADS_TO = {"slips": "fulfilment.slips", "export": ".queue_csv", "day": ".move_days"}


@bp.post("/desk/orders")
@requires(Permission.ORDERS_READ, staff=True)
def work_on_orders() -> ResponseReturnValue:
    """Sent twice, the second finds what the first has done and says so; each order is a unit of its own."""
    ticked, do = numbers_in(request.form.getlist("order")), request.form.get("do", "")
    if not ticked:
        flash("Tick some orders first", "info")
    elif do in LEADS_TO:
        return redirect(_with(url_for(LEADS_TO[do], order=ticked), _place() if do == "day" else {}), code=303)
    elif do == "confirm":
        tell(several.confirm(ticked, by=viewer(), at=clock.now()), "confirmed")
    return redirect(back_to_the_queue(), code=303)


@bp.route("/desk/orders/move-day", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, staff=True)
def move_days() -> ResponseReturnValue:
    numbers, form = numbers_in(request.values.getlist("order")), DayForSeveral()
    form.deliver_on.offer(_days())
    if numbers and form.validate_on_submit():
        outcomes = several.move_day(numbers, form.day, by=viewer(), at=clock.now())
        tell(outcomes, f"moved to {form.day:%A} {form.day.day} {form.day:%B}")
        return redirect(back_to_the_queue(), code=303)
    return form.page("desk/move_days.html", numbers=numbers, back=back_to_the_queue())


def tell(outcomes: Sequence[Outcome], done: str) -> None:
    """One line for all that went well, and one for each that did not."""
    well = sum(not outcome.refusal for outcome in outcomes)
    if well:
        flash(f"{counted(well, 'order', 'orders')} {done}", "good")
    if len(outcomes) > well:
        reasons = " ".join(outcome.refusal for outcome in outcomes if outcome.refusal)
        flash(f"{len(outcomes) - well:,} had changed. {reasons}", "info")


def back_to_the_queue() -> str:
    """Where they were ticked."""
    return _with(url_for(".queue"), _place())


def _place() -> dict[str, str]:
    return {name: request.args[name] for name in PLACE if name in request.args}


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}" if query else address


def _days() -> list[tuple[str, str]]:
    """All on which anything can come; each order says itself whether it can, too."""
    at, zone = clock.now(), business().time_zone
    ways = ways_of_delivery(business_day(at, zone))
    days = sorted({on for way in ways.ways for on in ways.days(way, at=at, zone=zone)})
    return [(on.isoformat(), f"{on:%A} {on.day} {on:%B}") for on in days]
