"""The page on which an order is changed: its buyer and the desk open the same."""

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer
from app.core import clock
from app.customers.queries.addresses import addresses_of
from app.customers.queries.customers import customer_with_id
from app.orders.amended import Plan
from app.orders.change_rows import rows_of
from app.orders.forms import ChangeForm
from app.orders.models import Order
from app.orders.moves import expect
from app.orders.queries.orders import order_seen_by
from app.orders.queries.ways import days_for
from app.orders.service import amending
from app.web.access import viewer


def changing(number: int, *, back: str) -> ResponseReturnValue:
    """What would change is looked at first, and saved as it was seen."""
    order = order_seen_by(viewer(), number)
    form = _form(order)
    is_filled_in = form.validate_on_submit()
    planned = _planned(form, order)
    if form.is_saving and is_filled_in and not form.is_wrong:
        if _is_saved(form, order):
            flash(f"Order {number} is changed", "good")
            return redirect(back, code=303)
        planned = _planned(form, order_seen_by(viewer(), number))
    return _page(form, planned, back=back)


def _is_saved(form: ChangeForm, order: Order) -> bool:
    with form.showing_refusals():
        amending.amend(
            order.number,
            form.changes(order),
            by=viewer(),
            at=clock.now(),
            version=form.seen_version,
            seen=form.was_seen,
        )
    return not form.is_wrong


def _form(order: Order) -> ChangeForm:
    """Whoever only opens it hears at once when it cannot be changed any more."""
    form = ChangeForm.of(order, addresses_of(viewer(), order.customer_id), days_for(order, clock.now()) or [])
    if not form.is_submitted():
        expect("amend", order, viewer())
    return form


def _planned(form: ChangeForm, order: Order) -> Plan:
    customer = customer_with_id(viewer(), order.customer_id)
    found = _plan_of(form, order, customer)
    if form.is_submitted():
        with form.showing_refusals():
            amending.refuse_what_no_order_may_be(found, customer)
    return found


def _plan_of(form: ChangeForm, order: Order, customer: Customer) -> Plan:
    """Of what was typed; without what was added last, where that cannot be had."""
    with form.showing_refusals():
        form.take_in_product()
    for items in (form.items_beside(order), form.items_without_the_added(order)):
        with form.showing_refusals():
            return amending.plan(order, items, customer=customer, at=clock.now())
    as_it_is = {item.product_id: item.wanted for item in order.items}
    return amending.plan(order, as_it_is, customer=customer, at=clock.now())


def _page(form: ChangeForm, planned: Plan, *, back: str) -> Response:
    form.name_mistyped({line.product_id: line.name for line in planned.lines})
    form.compare_with(planned.order, deliver_on=planned.order.promised_on)
    form.seen.data = str(planned.seen)
    return form.page(
        "orders/change.html", order=planned.order, plan=planned, rows=rows_of(planned, form), back=back
    )
