"""One order as staff work on it: lines with what is on the shelves, money, timeline, notes and messages."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.billing.queries.invoices import issued_for
from app.billing.queries.order_money import order_money
from app.core.access import Permission
from app.core.business import today
from app.desk.forms.acts import NoteForm
from app.desk.lines import lines_of
from app.desk.pages.blueprint import bp
from app.desk.pages.buttons import buttons_of
from app.desk.queries.order import order_around, shelves_of
from app.fulfilment.queries.returns import returns_in_short
from app.fulfilment.queries.shipments import shipments_in_short
from app.fulfilment.shown import times_of
from app.fulfilment.timeline import timeline
from app.fulfilment.words import RETURNS, SHIPMENTS
from app.orders.queries.history import message_about
from app.orders.queries.orders import order_seen_by
from app.orders.service import moving
from app.orders.service.sending_again import send_again
from app.orders.states import PaymentMethod
from app.payments import words
from app.payments.queries.operations import payments_asked
from app.payments.queries.refunds import refunds_of
from app.web.access import requires, viewer
from app.web.idempotency import once
from app.web.mails import with_links


@bp.get("/desk/orders/<int:number>")
@requires(Permission.ORDERS_READ, staff=True)
def order(number: int) -> ResponseReturnValue:
    return _page(number, NoteForm())


@bp.post("/desk/orders/<int:number>")
@requires(Permission.ORDERS_WRITE, staff=True)
@once
def add_note(number: int) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            moving.note(number, **form.plain("text", "for_buyer"), by=viewer())
            flash("Note added", "good")
            return redirect(url_for(".order", number=number), code=303)
    return _page(number, form)


def _page(number: int, form: NoteForm) -> ResponseReturnValue:
    """Eight questions with the viewer's own, for one line and for a hundred."""
    around = order_around(viewer(), number, today=today())
    shelves, shipments = shelves_of(around.order), shipments_in_short(around.order.id)
    papers = issued_for(around.order.id) if around.order.shipments_sent else []
    return form.page(
        "desk/order.html",
        **around._asdict(),
        papers=papers,
        money=order_money(around.order.id, today=today()),
        cards=payments_asked(around.order.id) if around.order.payment_method == PaymentMethod.CARD else [],
        card_words=words,
        refunds=refunds_of(around.order.id) if papers or around.order.payment_method == "card" else [],
        lines=lines_of(around.order, shelves),
        shipments=shipments,
        shipment_words=SHIPMENTS,
        returns=returns_in_short(around.order.id) if around.order.shipments_sent else [],
        return_words=RETURNS,
        buttons=buttons_of(around.order, viewer(), shipments),
        events=timeline(around.order, viewer(), shipments, papers),
        times=times_of(around.order, shipments),
    )


@bp.get("/desk/orders/<int:number>/messages/<int:message_id>")
@requires(Permission.ORDERS_READ, staff=True)
def order_message(number: int, message_id: int) -> ResponseReturnValue:
    found = order_seen_by(viewer(), number)
    message = message_about(found, viewer(), message_id)
    text = with_links(message.sent["text"]) if message.sent else ""
    return render_template("desk/message.html", order=found, message=message, text=text)


@bp.post("/desk/orders/<int:number>/messages/<int:message_id>/send")
@requires(Permission.ORDERS_WRITE, staff=True)
@once
def send_message_again(number: int, message_id: int) -> ResponseReturnValue:
    send_again(number, message_id, by=viewer())
    flash("It is sent again within a minute", "good")
    return redirect(url_for(".order", number=number), code=303)
