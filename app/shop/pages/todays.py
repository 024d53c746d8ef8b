"""The viewer's basket at the prices that hold for them today: every page of the shop shows it."""

from collections.abc import Collection
from typing import NamedTuple

from app.catalogue.pricing import Offer
from app.catalogue.queries.offers import offers
from app.core.business import today
from app.orders.priced import Contents, PricedBasket, priced
from app.orders.queries import baskets
from app.web.access import viewer


class Todays(NamedTuple):
    """`offers` are those of the basket, and of what a page shows beside it."""

    contents: Contents
    offers: dict[int, list[Offer]]
    basket: PricedBasket


def todays(shown: Collection[int] = ()) -> Todays:
    contents = baskets.contents_seen_by(viewer(), today())
    found = offers(contents.product_ids.union(shown), customer_id=viewer().customer_id, on=today())
    return Todays(contents, found, priced(contents, found))
