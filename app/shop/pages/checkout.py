"""The checkout: what the basket comes to, when and where it comes, and the one button that orders it."""

from dataclasses import replace
from decimal import Decimal

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer
from app.catalogue.delivery_days import NextDelivery, next_delivery
from app.core import clock
from app.core.access import Permission
from app.core.business import business, today
from app.core.errors import Refused
from app.customers.queries.addresses import addresses_of
from app.customers.queries.customers import own_customer
from app.orders.priced import PricedBasket
from app.orders.queries.credit import exposure
from app.orders.quoted import Quote
from app.orders.service import baskets, placing, quoting
from app.orders.states import PaymentMethod
from app.shop.basket_rows import rows_of
from app.shop.forms import none_of
from app.shop.lines import Around, was_words
from app.shop.order_forms import CheckoutForm
from app.shop.pages.blueprint import bp
from app.shop.pages.todays import todays
from app.shop.words import what_happens_next
from app.web.access import requires, viewer
from app.web.idempotency import once

CHANGED = "You changed a quantity. Look at the new total, then place the order."


@bp.get("/checkout")
@requires(Permission.ORDERS_WRITE, buyers=True)
def checkout() -> ResponseReturnValue:
    return _page(CheckoutForm())


@bp.post("/checkout")
@requires(Permission.ORDERS_WRITE, buyers=True)
def place_order() -> ResponseReturnValue:
    form = CheckoutForm()
    if form.is_to_place and not form.wanted:
        if form.validate() and not form.problems:
            with form.showing_refusals():
                return _placed(form)
    elif not form.problems:
        _recount(form)
    return _page(form)


@once
def _placed(form: CheckoutForm) -> ResponseReturnValue:
    order = placing.place_basket(
        terms=form.terms,
        seen=form.was_seen,
        by=viewer(),
        at=clock.now(),
        submission_key=form.submission_key,
    )
    flash(what_happens_next(order), "good")
    return redirect(url_for(".order", number=order.number), code=303)


def _recount(form: CheckoutForm) -> None:
    """The page is drawn anew at once: what was typed into it goes into no address."""
    with form.showing_refusals():
        for correction in baskets.set_quantities(form.wanted, by=viewer()):
            flash(str(correction), "warn")
        form.typed.clear()
        if form.is_to_place:
            flash(CHANGED, "warn")


def _page(form: CheckoutForm) -> ResponseReturnValue:
    contents, offers, basket = todays()
    if basket.is_empty:
        flash("Your basket is empty, so there is nothing to order.", "warn")
        return redirect(url_for(".basket"), code=303)
    customer = own_customer(viewer())
    quote = _quote(form, basket, customer)
    form.tell_lines(basket.places)
    addresses = addresses_of(viewer(), customer.id)
    form.offer(addresses)
    return form.page(
        "shop/checkout.html",
        basket=basket,
        quote=quote,
        rows=rows_of(basket, Around(offers, contents, form, today())),
        was=was_words(contents.quantities),
        none_of=none_of,
        addresses=addresses,
        soonest=_soonest(quote),
        credit_left=_credit_left(customer),
        paying=quoting.payment_for(customer, None),
        in_the_way=_in_the_way(quote),
    )


def _quote(form: CheckoutForm, basket: PricedBasket, customer: Customer) -> Quote:
    """A way or a day that is offered no more is shown as the usual one."""
    at, terms = clock.now(), form.terms
    try:
        found = quoting.quote_of(basket, customer, terms, at=at)
    except Refused:
        found = quoting.quote_of(basket, customer, replace(terms, way_id=None), at=at)
    if found.deliver_on in found.days:
        return found
    return replace(found, deliver_on=found.days[0] if found.days else None)


def _soonest(quote: Quote) -> NextDelivery | None:
    if quote.way is None:
        return None
    zone = business().time_zone
    return next_delivery(quote.way, ordered_at=clock.now(), zone=zone, closed=quote.ways.closed)


def _credit_left(customer: Customer) -> Decimal | None:
    """Nobody who pays in advance has any."""
    if quoting.payment_for(customer, None) != PaymentMethod.ACCOUNT:
        return None
    return max(customer.credit_limit - exposure(customer.id), Decimal(0))


def _in_the_way(quote: Quote) -> str:
    """What would be refused whatever is typed here."""
    try:
        quoting.refuse_whom_we_cannot_serve(quote.customer)
        quoting.refuse_wrong_terms(quote)
    except Refused as refusal:
        return refusal.message
    return ""
