"""Prices, for programs."""

from app.accounts.queries import directory
from app.catalogue.pricing import price
from app.catalogue.queries.offers import offers
from app.catalogue.queries.products import product_seen_by
from app.catalogue.schemas import PriceAsked, PriceOut
from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.core.errors import NotFound
from app.web.access import requires, viewer
from app.web.api import api


@api.get("/prices", query=PriceAsked, answer=PriceOut, refusals=(404,))
@requires(Permission.ORDERS_READ)
def show_price(query: PriceAsked) -> PriceOut:
    """Say what one costs in a quantity, today, and why. Without a price it is on request."""
    product, customer_id = product_seen_by(viewer(), query.sku), _customer_id(query.customer)
    today = clock.business_day(clock.now(), business().time_zone)
    found = offers([product.id], customer_id=customer_id, on=today)
    return PriceOut.of(product.sku, query.quantity, price(found[product.id], query.quantity))


def _customer_id(code: str) -> int | None:
    if not code:
        return viewer().customer_id
    customer_id = directory.customer_id_of(viewer(), code.upper())
    if customer_id is None:
        raise NotFound("We cannot find that customer.")
    return customer_id
