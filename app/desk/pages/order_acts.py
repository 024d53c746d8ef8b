"""Doing something with an order: each page says what it does, and a second editor loses nothing."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.core.clock import business_day
from app.customers.queries.customers import customer_with_id
from app.desk.forms.acts import DayForm
from app.desk.pages.acts import ACTS, Act, behind
from app.desk.pages.blueprint import bp
from app.desk.words import figures
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.moves import IllegalMove, expect, moves_open
from app.orders.queries.credit import exposure
from app.orders.queries.orders import order_seen_by
from app.orders.queries.ways import ways_of_delivery
from app.orders.service import amending
from app.web.access import requires, viewer
from app.web.forms import CONFLICT, VersionedForm
from app.web.idempotency import once


@bp.route(f"/desk/orders/<int:number>/<{behind('act')}:verb>", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, staff=True)
@once
def act(number: int, verb: str) -> ResponseReturnValue:
    return _page(number, verb)


@bp.route(f"/desk/orders/<int:number>/<{behind('decide')}:verb>", methods=["GET", "POST"])
@requires(Permission.ORDERS_CONFIRM, staff=True)
@once
def decide(number: int, verb: str) -> ResponseReturnValue:
    return _page(number, verb)


@bp.route(f"/desk/orders/<int:number>/<{behind('send')}:verb>", methods=["GET", "POST"])
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def send(number: int, verb: str) -> ResponseReturnValue:
    return _page(number, verb)


@bp.route(f"/desk/orders/<int:number>/<{behind('take_back')}:verb>", methods=["GET", "POST"])
@requires(Permission.ORDERS_REFUND, staff=True)
@once
def take_back(number: int, verb: str) -> ResponseReturnValue:
    return _page(number, verb)


def _page(number: int, verb: str) -> ResponseReturnValue:
    chosen, order = ACTS[verb], order_seen_by(viewer(), number)
    if request.method == "GET" and (why_not := _why_not(verb, order)):
        return _back_to(number, why_not)
    form, effects = chosen.form_for(order), _effects(verb, order)
    if form.validate_on_submit():
        with form.showing_refusals():
            made = chosen.run(number, form)
            flash(chosen.done.format(number), "good")
            return redirect(chosen.then(made) if chosen.then else url_for(".order", number=number), code=303)
    return _asked(chosen, verb, form, effects, number)


def _asked(
    chosen: Act, verb: str, form: VersionedForm, effects: list[str], number: int
) -> ResponseReturnValue:
    """Again with what was typed; where somebody was first, with what the order is by now."""
    order = order_seen_by(viewer(), number)
    if form.status == CONFLICT:
        form.compare_with(order)
        effects = _effects(verb, order)
    return form.page("desk/act.html", act=chosen, order=order, effects=effects, question=chosen.question)


def _why_not(verb: str, order: Order) -> str:
    """Whoever may not do it at all is told so by the door."""
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
    customer = customer_with_id(viewer(), order.customer_id)
    credit = {"credit_used": exposure(customer.id), "credit_limit": customer.credit_limit}
    return [*figures(verb, order, **credit), move.effects]


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
    return _day_page(form, number)


def _moved(number: int, form: DayForm) -> ResponseReturnValue:
    changes = Changes(deliver_on=form.day)
    amending.amend(number, changes, by=viewer(), at=clock.now(), version=form.seen_version)
    flash(f"Order {number} comes on {form.day:%A} {form.day.day} {form.day:%B}", "good")
    return redirect(url_for(".order", number=number), code=303)


def _days_for(order: Order) -> DayForm:
    """The days that its way of delivery offers now, but for the one it has."""
    at, zone = clock.now(), business().time_zone
    ways = ways_of_delivery(business_day(at, zone))
    way = ways.with_id(order.delivery_method_id) if order.delivery_method_id else ways.usual
    days = ways.days(way, at=at, zone=zone) if way else []
    return DayForm.of(order, [on for on in days if on != order.promised_on])


def _day_page(form: DayForm, number: int) -> ResponseReturnValue:
    order = order_seen_by(viewer(), number)
    can = not _why_not("amend", order)
    if form.status == CONFLICT:
        form.compare_with(order, deliver_on=form.deliver_on.data)
    return form.page("desk/move_day.html", order=order, can=can)
