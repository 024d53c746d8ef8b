"""One order as its buyer sees it: where it is, what it cost and why, what was written, and what can be done."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.billing.queries.invoices import issued_for
from app.catalogue.totals import ZERO
from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.core.errors import Conflict, NotFound
from app.fulfilment.service import returning, sending
from app.fulfilment.shown import times_of
from app.fulfilment.timeline import timeline
from app.fulfilment.words import RETURNS_TO_BUYERS, SHIPMENTS_TO_BUYERS
from app.orders.act_forms import NoteForm, ReasonForm
from app.orders.moves import expect, moves_open
from app.orders.queries.history import message_about
from app.orders.queries.orders import order_seen_by
from app.orders.service import moving, paying
from app.orders.states import HoldReason
from app.shop.order_forms import SendBackForm
from app.shop.pages.blueprint import bp
from app.shop.queries.order import order_shown_to, returns_on, shipments_on
from app.shop.words import how_it_is_paid, why_it_waits
from app.web.access import requires, viewer
from app.web.forms import Form, VersionedForm
from app.web.idempotency import once
from app.web.mails import with_links


@bp.get("/orders/<int:number>")
@requires(Permission.ORDERS_READ, buyers=True)
def order(number: int) -> ResponseReturnValue:
    return _page(number, NoteForm())


@bp.post("/orders/<int:number>/notes")
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def order_note(number: int) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate():
        with form.showing_refusals():
            moving.note(number, text=form.text.data, for_buyer=True, by=viewer())
            flash("Your note is with the order desk", "good")
            return redirect(url_for(".order", number=number), code=303)
    return _page(number, form)


@bp.post("/orders/<int:number>/received")
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def received(number: int) -> ResponseReturnValue:
    form = VersionedForm()
    if form.validate():
        with form.showing_refusals():
            sending.deliver_all(number, by=viewer(), at=clock.now(), version=form.seen_version)
            flash(f"Order {number} is delivered. Thank you for telling us.", "good")
            return redirect(url_for(".order", number=number), code=303)
    return _page(number, form)


@bp.route("/orders/<int:number>/cancel", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def cancel_order(number: int) -> ResponseReturnValue:
    form = ReasonForm(obj=order_shown_to(viewer(), number, today=today()))
    if form.validate_on_submit():
        with form.showing_refusals():
            moving.cancel(
                number, **form.plain("reason"), by=viewer(), at=clock.now(), version=form.seen_version
            )
            flash(f"Order {number} is cancelled. Nothing is charged.", "good")
            return redirect(url_for(".order", number=number), code=303)
    return _asking(number, form)


def _asking(number: int, form: ReasonForm) -> ResponseReturnValue:
    order = order_shown_to(viewer(), number, today=today())
    form.compare_with(order, reason=form.reason.data)
    return _asked_about(order, "cancel", form, "shop/order_cancel.html")


@bp.route("/orders/<int:number>/return", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def send_back(number: int) -> ResponseReturnValue:
    order = order_shown_to(viewer(), number, today=today())
    form = SendBackForm.of(order, most={item.line: item.can_come_back for item in order.items})
    if form.validate_on_submit():
        with form.showing_refusals():
            returning.ask(number, lines=form.wanted, reason=form.reason.data, by=viewer())
            flash("We have your request. The order desk looks at it and answers by email.", "good")
            return redirect(url_for(".order", number=number), code=303)
    if form.is_submitted():
        order = order_shown_to(viewer(), number, today=today())
    return _asked_about(order, "return", form, "shop/order_return.html")


def _asked_about(order: Any, name: str, form: Form, template: str) -> ResponseReturnValue:
    """Whoever comes too late for a move sees the order as it is, and why."""
    try:
        move = expect(name, order, viewer())
    except Conflict as refusal:
        form.show(refusal)
        return _page(order.number, form)
    return form.page(template, order=order, move=move)


@bp.get("/orders/<int:number>/messages/<int:message_id>")
@requires(Permission.ORDERS_READ, buyers=True)
def order_message(number: int, message_id: int) -> ResponseReturnValue:
    order = order_seen_by(viewer(), number)
    message = message_about(order, viewer(), message_id)
    if message.sent is None:
        raise NotFound("We cannot find that message.")
    text = with_links(message.sent["text"])
    return render_template("shop/order_message.html", order=order, message=message, text=text)


def _page(number: int, form: Form) -> ResponseReturnValue:
    order = order_shown_to(viewer(), number, today=today())
    shipments = shipments_on(order)
    papers = issued_for(order.id) if order.shipments_sent else []
    return form.page(
        "shop/order.html",
        order=order,
        papers=papers,
        shipments=shipments,
        shipment_words=SHIPMENTS_TO_BUYERS,
        returns=returns_on(order),
        return_words=RETURNS_TO_BUYERS,
        events=timeline(order, viewer(), shipments, papers),
        moves={move.name: move for move in moves_open(order, viewer())},
        times=times_of(order, shipments),
        why_it_waits=_why_it_waits(order),
        how_it_is_paid=how_it_is_paid(order),
        note=form if isinstance(form, NoteForm) else NoteForm(),
    )


def _why_it_waits(order: Any) -> str:
    is_for_payment = order.hold_reason == HoldReason.PAYMENT
    return why_it_waits(order, paying.still_to_pay(order) if is_for_payment else ZERO)
