"""Refunding an order: how much and where to, then a page that names the amount, then it is done."""

from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.billing.service.crediting import expect_something
from app.core import clock
from app.core.access import Permission
from app.core.errors import Refused
from app.core.money import money
from app.desk.forms.refund import RefundForm
from app.desk.pages.blueprint import bp
from app.desk.queries.refund import Refundable, refundable
from app.orders.moves import IllegalMove, expect
from app.payments.refunded import RefundTo
from app.payments.service import refunding
from app.web.access import requires, viewer
from app.web.idempotency import once

WILL = {
    RefundTo.CARD: "%s goes back to the card, and is there within 5 working days.",
    RefundTo.ACCOUNT: "%s stays on their account as credit.",
    RefundTo.BANK: "%s is noted as paid back today. Make the transfer at your bank.",
}
TOLD = {
    RefundTo.CARD: "{} goes back to the card",
    RefundTo.ACCOUNT: "{} is credited to their account",
    RefundTo.BANK: "{} is noted as paid back by bank",
}
LOOKED = "look"  # what the button of the form says


@bp.route("/desk/orders/<int:number>/refund", methods=["GET", "POST"])
@requires(Permission.ORDERS_REFUND, staff=True)
@once
def refund(number: int) -> ResponseReturnValue:
    about = _about(number)
    if request.method == "GET" and (why_not := _why_not(about)):
        return _back_to_order(number, why_not, "info")
    form = _form_for(about)
    if form.validate_on_submit():
        with form.showing_refusals():
            return _refunded(about, form)
    return _asked(form, about)


def _about(number: int) -> Refundable:
    return refundable(viewer(), number, request.values.get("return_id", type=int))


def _why_not(about: Refundable) -> str:
    """Whoever may not do it at all is refused."""
    try:
        expect("refund", about.order, viewer())
        expect_something(about.invoices)
    except (IllegalMove, Refused) as refusal:
        return refusal.message
    return ""


def _form_for(about: Refundable) -> RefundForm:
    """Back to the card, where one has paid; otherwise it stays on the account."""
    to = RefundTo.CARD if about.cards else RefundTo.ACCOUNT
    return_id = about.back.id if about.back else None
    return RefundForm.asked(about.most, about.usual, to=to, return_id=return_id)


def _refunded(about: Refundable, form: RefundForm) -> ResponseReturnValue:
    number, wanted = about.order.number, form.wanted_refund()
    done = refunding.refund_order(number, wanted, seen=form.seen_amount, by=viewer(), at=clock.now())
    amount = money(done.paid_back or done.total, about.order.currency)
    said = TOLD[wanted.to] if done.paid_back else "{} is taken off what they owe"
    return _back_to_order(number, said.format(amount), "good")


def _back_to_order(number: int, words: str, tone: str) -> ResponseReturnValue:
    flash(words, tone)
    return redirect(url_for(".order", number=number), code=303)


def _asked(form: RefundForm, about: Refundable) -> ResponseReturnValue:
    """The form, or what was asked for as it would be done. What was refused has undone what it had read."""
    if request.method == "POST":
        return form.page("desk/refund.html", about=_about(about.order.number))
    if request.args.get("do") == LOOKED and form.validate():
        with form.showing_refusals():
            return _confirming(form, about)
    return form.page("desk/refund.html", about=about)


def _confirming(form: RefundForm, about: Refundable) -> ResponseReturnValue:
    number, wanted = about.order.number, form.wanted_refund()
    asked = form.as_asked()
    return form.page(
        "desk/refund_confirm.html",
        about=about,
        wanted=wanted,
        foreseen=refunding.foresee(number, wanted, by=viewer()),
        told=WILL[wanted.to],
        asked=asked,
        change=f"{request.path}?{urlencode(asked)}",
    )
