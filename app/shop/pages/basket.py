"""The basket: its lines at today's prices, what cannot be ordered any more, and the sum with tax."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business, today
from app.orders.queries.ways import ways_of_delivery
from app.shop.basket_rows import rows_of
from app.shop.forms import QuantitiesForm, none_of
from app.shop.lines import Around, was_words
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import fill
from app.shop.pages.todays import todays
from app.web.access import requires
from app.web.templating import near_day


@bp.get("/basket")
@requires(Permission.ORDERS_READ, buyers=True)
def basket() -> ResponseReturnValue:
    return _page(QuantitiesForm())


@bp.post("/basket")
@requires(Permission.ORDERS_WRITE, buyers=True)
def fill_from_basket() -> ResponseReturnValue:
    return fill(_page)


def _page(form: QuantitiesForm) -> Response:
    """Four questions with the viewer's own, for one line and for a hundred."""
    contents, offers, basket = todays()
    form.name_mistyped(contents.names)
    rows = rows_of(basket, Around(offers, contents, form, today()))
    return form.page(
        "shop/basket.html",
        basket=basket,
        rows=rows,
        was=was_words(contents.quantities),
        none_of=none_of,
        delivery=_delivery_words(),
    )


def _delivery_words() -> str:
    ways = ways_of_delivery(today())
    found = ways.soonest(ways.usual, at=clock.now(), zone=business().time_zone)
    if ways.usual is None or found is None:
        return ""
    return (
        f"{ways.usual.name}: order by {found.cutoff:%H:%M} {near_day(found.until)} for {near_day(found.day)}."
    )
