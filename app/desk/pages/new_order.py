"""Taking down an order for a customer who rings or writes: looked at first, placed when it is right."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer, CustomerStatus
from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.core.errors import Refused
from app.core.text import counted
from app.customers.queries.addresses import addresses_of
from app.customers.queries.customers import customer_seen_by
from app.desk.forms.new_order import NewOrderForm
from app.desk.pages.blueprint import bp
from app.desk.pages.choosing import customers_to_choose_from
from app.orders.credit import Credit
from app.orders.queries.credit import credit_of
from app.orders.quick import Line, lines_in
from app.orders.quoted import Quote
from app.orders.service import placing, quoting
from app.orders.service.checking import Checked, Said, check
from app.orders.states import Channel, PaymentMethod
from app.web.access import requires, viewer
from app.web.idempotency import once

NOTHING_YET = "Type a SKU and how many, like COF-HSE-1K 6."


@bp.route("/desk/orders/new", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, staff=True)
@once
def new_order() -> ResponseReturnValue:
    code = request.args.get("customer", "").replace("\0", "")
    if not code:
        listing = customers_to_choose_from(status=CustomerStatus.ACTIVE)
        return render_template("desk/new_order_for.html", listing=listing)
    customer = customer_seen_by(viewer(), code)
    form = NewOrderForm.of(customer, addresses_of(viewer(), customer.id))
    page = _looked_at(form, customer)
    if form.is_to_place and form.validate() and not form.is_wrong:
        with form.showing_refusals():
            return _placed(form, customer, page["checked"])
    return form.page("desk/new_order.html", **page)


def _looked_at(form: NewOrderForm, customer: Customer) -> dict[str, Any]:
    """What the lines mean for this customer, and what they come to."""
    checked, at = _checked(form, customer), clock.now()
    basket = quoting.basket_of(dict(checked.ready), customer, at=at)
    quote = quoting.shown(basket, customer, form.terms, at=at)
    credit = credit_of(customer)
    return {
        "customer": customer,
        "checked": checked,
        "quote": quote,
        "rows": {line.item.product_id: line for line in quote.basket.lines},
        "credit": credit,
        "over": _over(form, quote, credit),
        "in_the_way": quoting.stands_against(quote),
    }


def _checked(form: NewOrderForm, customer: Customer) -> Checked:
    lines: list[Line] = []
    with form.showing_refusals():
        lines = lines_in(form.lines.data or "")
        if form.is_pressed and not lines:
            raise Refused(NOTHING_YET, field="lines")
    return check(lines, Said(), by=replace(viewer(), customer_id=customer.id), on=today())


def _over(form: NewOrderForm, quote: Quote, credit: Credit) -> Decimal:
    """By how much it would go over the credit limit, where it is bought on credit."""
    method = form.payment_method.data or quoting.payment_for(quote.customer, None)
    if method != PaymentMethod.ACCOUNT or not quote.basket.lines:
        return Decimal(0)
    return credit.over_by(quote.totals.total)


def _placed(form: NewOrderForm, customer: Customer, checked: Checked) -> ResponseReturnValue:
    if checked.still_open:
        many = counted(len(checked.still_open), "line", "lines")
        raise Refused(f"Put {many} right or take them out first.", field="lines")
    order = placing.place(
        checked.ready,
        customer_id=customer.id,
        terms=form.terms,
        channel=Channel.STAFF,
        by=viewer(),
        at=clock.now(),
        seen=form.was_seen,
    )
    waits = " It waits on hold." if order.hold_reason else ""
    flash(f"Order {order.number} is placed for {customer.name}.{waits}", "warn" if waits else "good")
    return redirect(url_for(".order", number=order.number), code=303)
