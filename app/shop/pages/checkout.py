"""The checkout: what the basket comes to, when and where it comes, and the one button that orders it."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.customers.queries.addresses import addresses_of
from app.customers.queries.customers import own_customer
from app.orders.queries.credit import credit_of
from app.orders.service import baskets, placing, quoting
from app.orders.states import PaymentMethod
from app.shop.basket_rows import rows_of
from app.shop.forms import none_of
from app.shop.lines import Around, was_words
from app.shop.order_forms import CheckoutForm
from app.shop.pages.blueprint import bp
from app.shop.pages.todays import todays
from app.shop.words import placed_already, what_happens_next
from app.web.access import requires, viewer
from app.web.idempotency import once
from app.web.parts import cards_rest, takes_cards

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
    order, was_earlier = placing.place_basket(
        terms=form.terms,
        seen=form.was_seen,
        by=viewer(),
        at=clock.now(),
        submission_key=form.submission_key,
    )
    flash(placed_already(order) if was_earlier else what_happens_next(order), "good")
    page = "payments.pay" if order.payment_method == PaymentMethod.CARD else ".order"
    return redirect(url_for(page, number=order.number), code=303)


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
    quote = quoting.shown(basket, customer, form.terms, at=clock.now())
    form.name_mistyped(contents.names)
    form.tell_lines(basket.places)
    addresses, paying = addresses_of(viewer(), customer.id), quoting.payment_for(customer, None)
    form.offer(addresses)
    return form.page(
        "shop/checkout.html",
        basket=basket,
        quote=quote,
        rows=rows_of(basket, Around(offers, contents, form, today())),
        was=was_words(contents.quantities),
        none_of=none_of,
        addresses=addresses,
        credit=credit_of(customer) if paying == PaymentMethod.ACCOUNT else None,
        paying=paying,
        takes_cards=takes_cards(),
        cards_rest=cards_rest(),
        in_the_way=quoting.stands_against(quote),
    )
