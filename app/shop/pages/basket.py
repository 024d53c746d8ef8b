"""The basket: its lines at today's prices, what cannot be ordered any more, and the sum with tax."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.catalogue.delivery_days import next_delivery
from app.core import clock
from app.core.access import Permission
from app.core.business import business, today
from app.shop.basket_rows import rows_of
from app.shop.forms import QuantitiesForm, none_of
from app.shop.lines import Around, was_words
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import fill
from app.shop.pages.todays import todays
from app.shop.queries.delivery import usual_method
from app.shop.shown import near_day
from app.web.access import requires


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
    method = usual_method(today())
    if method is None:
        return ""
    zone = business().time_zone
    found = next_delivery(method, ordered_at=clock.now(), zone=zone, closed=method.closed)
    if found is None:
        return ""
    return f"{method.name}: order by {found.cutoff:%H:%M} {near_day(found.until)} for {near_day(found.day)}."
