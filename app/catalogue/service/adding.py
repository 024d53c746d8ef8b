"""Adding a product together with what one of it costs."""

from datetime import date
from decimal import Decimal

from app.catalogue.models import Product
from app.catalogue.price_rows import PriceRow, version_of
from app.catalogue.product_rules import Facts
from app.catalogue.queries.prices import base_list
from app.catalogue.service import prices, products
from app.core.access import Viewer
from app.core.transaction import use_case


@use_case
def add(facts: Facts, *, base_price: Decimal | None, by: Viewer, on: date) -> Product:
    """Without a price it is on request until somebody sets one."""
    made = products.create(facts, by=by)
    if base_price is not None:
        first = PriceRow(min_qty=1, unit_price=base_price)
        prices.set_for_product(base_list().id, made.sku, [first], version=version_of([]), by=by, on=on)
    return made
