"""Doing something with an order: each page says what it does, and a second editor loses nothing."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.text import long_day
from app.customers.queries.customers import customer_with_id
from app.desk.pages.acts import ACTS
from app.desk.pages.blueprint import bp
from app.desk.words import figures, over_the_limit
from app.orders.act_forms import DayForm
from app.orders.amended import Changes
from app.orders.guards import HELD_FOR_CREDIT
from app.orders.models import Order
from app.orders.moves import IllegalMove, expect, moves_open
from app.orders.queries.credit import credit_of
from app.orders.queries.orders import order_seen_by
from app.orders.queries.ways import days_for
from app.orders.service import amending
from app.web.access import requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once


@bp.route(f"/desk/orders/<int:number>/<any({', '.join(ACTS)}):verb>", methods=["GET", "POST"])
@requires(Permission.ORDERS_READ, staff=True)
@once
def act(number: int, verb: str) -> ResponseReturnValue:
    """The table of moves decides who may."""
    chosen, order = ACTS[verb], order_seen_by(viewer(), number)
    if (why_not := _why_not(verb, order)) and request.method == "GET":
        return _back_to(number, why_not)
    form = chosen.form_for(order)
    if form.validate_on_submit():
        with form.showing_refusals():
            made = chosen.run(number, form)
            flash(chosen.done.format(number), "good")
            return redirect(chosen.then(made) if chosen.then else url_for(".order", number=number), code=303)
    return _asked(verb, form, _as_it_is_now(order, number))


def _asked(verb: str, form: VersionedForm, order: Order) -> ResponseReturnValue:
    """Again with what was typed; where somebody was first, beside what the order is by now."""
    form.compare_with(order)
    return form.page(
        "desk/act.html",
        act=ACTS[verb],
        order=order,
        effects=_effects(verb, order),
        question=ACTS[verb].question,
    )


def _as_it_is_now(order: Order, number: int) -> Order:
    """What was refused has undone its work, and what it had read is not known any more."""
    return order_seen_by(viewer(), number) if request.method == "POST" else order


def _why_not(verb: str, order: Order) -> str:
    """Whoever may not do it at all is refused."""
    try:
        expect(verb, order, viewer())
    except IllegalMove as refusal:
        return refusal.message
    return ""


def _effects(verb: str, order: Order) -> list[str]:
    """None where it cannot be done any more."""
    move = next((move for move in moves_open(order, viewer()) if move.name == verb), None)
    if move is None:
        return []
    if HELD_FOR_CREDIT in move.guards:
        credit = credit_of(customer_with_id(viewer(), order.customer_id))
        return [over_the_limit(order, credit), move.effects]
    return [*figures(verb, order), move.effects]


def _back_to(number: int, words: str) -> ResponseReturnValue:
    flash(words, "info")
    return redirect(url_for(".order", number=number), code=303)


@bp.route("/desk/orders/<int:number>/move-day", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, staff=True)
@once
def move_day(number: int) -> ResponseReturnValue:
    order = order_seen_by(viewer(), number)
    if request.method == "GET" and (why_not := _why_not("amend", order)):
        return _back_to(number, why_not)
    form = _days_for(order)
    if form.validate_on_submit():
        with form.showing_refusals():
            return _moved(number, form)
    return _day_page(form, _as_it_is_now(order, number))


def _moved(number: int, form: DayForm) -> ResponseReturnValue:
    changes = Changes(deliver_on=form.day)
    amending.amend(number, changes, by=viewer(), at=clock.now(), version=form.seen_version)
    flash(f"Order {number} comes on {long_day(form.day)}", "good")
    return redirect(url_for(".order", number=number), code=303)


def _days_for(order: Order) -> DayForm:
    """The days that its way of delivery offers now, but for the one it has."""
    days = days_for(order, clock.now()) or []
    return DayForm.of([on for on in days if on != order.promised_on], version=order.version)


def _day_page(form: DayForm, order: Order) -> ResponseReturnValue:
    can = not _why_not("amend", order)
    form.compare_with(order, deliver_on=form.deliver_on.data)
    return form.page("desk/move_day.html", order=order, can=can)
