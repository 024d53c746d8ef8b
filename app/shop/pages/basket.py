"""The basket: its lines at today's prices, what cannot be ordered any more, and the sum with tax."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.catalogue.queries.offers import offers
from app.core.access import Permission
from app.orders.priced import priced
from app.orders.queries import baskets
from app.shop.basket_rows import rows_of
from app.shop.forms import QuantitiesForm
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import fill, today
from app.stock.queries import shelves
from app.web.access import requires, viewer


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
    contents = baskets.contents_seen_by(viewer(), today())
    found = offers(contents.product_ids, customer_id=viewer().customer_id, on=today())
    basket = priced(contents, found)
    rows = rows_of(basket, found, shelves(contents.product_ids), form, today())
    return form.page("shop/basket.html", basket=basket, rows=rows)
