"""Pages on which buyers pay by card. The card itself is typed on a page of the gateway, never on ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.billing.models import Payment
from app.billing.queries.invoices import invoice_seen_by
from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.orders.queries.orders import order_seen_by
from app.payments.forms import PayForm, PayInvoiceForm
from app.payments.gateway import Declined
from app.payments.parts import answering, cards, ways
from app.payments.queries import due, payments
from app.payments.service import asking, starting
from app.payments.words import Facts, standing_of, standing_of_order
from app.web.access import requires, viewer
from app.web.parts import gateways, takes_cards

bp = Blueprint("payments", __name__)

PAID = "Your payment has arrived. Thank you."
NOT_FOUND = "We could not look your payment up. {} If you have paid, ring us before you pay again."


@bp.route("/orders/<int:number>/pay", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
def pay(number: int) -> ResponseReturnValue:
    """Sent twice, it leads to the same page of the gateway: the payment's own key sees to that."""
    form = PayForm()
    if form.validate_on_submit():
        with form.showing_refusals(), answering():
            page = starting.pay_order(number, by=viewer(), cards=cards(), ways=ways(), at=clock.now())
            return redirect(page or url_for(".pay", number=number), code=303)
    return _order_page(number, form)


def _order_page(number: int, form: PayForm) -> ResponseReturnValue:
    order = order_seen_by(viewer(), number)
    all_of_it = payments.payments_of(order.id)
    payment = all_of_it[0] if all_of_it else None
    amount, captured = starting.to_pay(order), sum((one.captured for one in all_of_it), Decimal(0))
    standing = standing_of_order(order, _facts(payment, amount, captured))
    return form.page("payments/pay.html", order=order, payment=payment, amount=amount, standing=standing)


def _facts(payment: Payment | None, amount: Decimal, captured: Decimal = Decimal(0)) -> Facts:
    page = payments.page_of(payment.id) if payment else None
    return Facts(amount, payment, page, is_away=not takes_cards(), captured=captured)


@bp.route("/invoices/<number>/pay", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
def pay_invoice(number: str) -> ResponseReturnValue:
    form = PayInvoiceForm()
    if form.validate_on_submit():
        with form.showing_refusals(), answering():
            page = starting.pay_invoice(
                number, is_all=form.is_all, by=viewer(), cards=cards(), ways=ways(), at=clock.now()
            )
            return redirect(page or url_for(".pay_invoice", number=number), code=303)
    return _invoice_page(number, form)


def _invoice_page(number: str, form: PayInvoiceForm) -> ResponseReturnValue:
    invoice = invoice_seen_by(viewer(), number)
    still, all_due = invoice.balance.open, due.due_of_customer(invoice.customer_id, on=today())
    payment = payments.open_payment_for(invoice.customer_id, invoice.id)
    standing = standing_of(_facts(payment, still))
    return form.page(
        "payments/pay_invoice.html",
        invoice=invoice,
        payment=payment,
        still=still,
        all_due=all_due,
        standing=standing,
    )


@bp.get("/payments/<int:payment_id>/paid")
@requires(Permission.ORDERS_READ, buyers=True)
def paid(payment_id: int) -> ResponseReturnValue:
    """Somebody comes back and has paid, as far as they know: the gateway says whether."""
    payment, found = payments.payment_seen_by(viewer(), payment_id), gateways().cards
    if found is not None and payment.status in payments.UNDER_WAY:
        with _saying_no():
            asking.ask_for_somebody(payment_id, cards=found, at=clock.now())
    return _on(payments.payment_seen_by(viewer(), payment_id))


@bp.get("/payments/<int:payment_id>/back")
@requires(Permission.ORDERS_READ, buyers=True)
def back(payment_id: int) -> ResponseReturnValue:
    """They did not pay, or their card was declined; the gateway knows which."""
    payment, found = payments.payment_seen_by(viewer(), payment_id), gateways().cards
    if found is not None and payment.status in payments.UNDER_WAY:
        with _saying_no():
            asking.ask_quietly(payment_id, cards=found, at=clock.now())
    return _on(payments.payment_seen_by(viewer(), payment_id))


@contextmanager
def _saying_no() -> Iterator[None]:
    """They come back to the page they paid from, whatever the gateway says."""
    try:
        yield
    except Declined as no:
        flash(NOT_FOUND.format(no.reason), "warn")


def _on(payment: Payment) -> ResponseReturnValue:
    """To what it is for: there it says where the payment stands."""
    has_come = payment.authorised > 0 and payment.void_asked_at is None
    if has_come:
        flash(PAID, "good")
    place = payments.place_of(payment)
    if place.order_number:
        page = "shop.order" if has_come else ".pay"
        return redirect(url_for(page, number=place.order_number), code=303)
    if place.invoice_number:
        page = "billing.invoice" if has_come else ".pay_invoice"
        return redirect(url_for(page, number=place.invoice_number), code=303)
    return redirect(url_for("billing.invoices"), code=303)
