"""Prices: one row for each list, product, quantity and first day."""

from app.catalogue.price_rows import HIGHEST
from app.catalogue.quantities import LARGEST
from app.core.access import Permission
from app.imports import columns
from app.imports.columns import Column, Values
from app.imports.kinds.kind import Kind, Problems
from app.imports.kinds.products import sku
from app.imports.models import ImportKind

BASE = "base"


def days_fit(values: Values) -> Problems:
    first, last = values.get("valid_from"), values.get("valid_to")
    if first and last and last < first:  # days written like this sort as texts
        return {"valid_to": f"{last} is before {first}, when this price begins."}
    return {}


PRICES = Kind(
    name=ImportKind.PRICES,
    label="Prices",
    one="price",
    permission=Permission.PRICES_WRITE,
    key=("price_list", "sku", "min_qty", "valid_from"),
    rule=days_fit,
    advice=(
        "Prices are net. A row without a first day changes the price that holds today. "
        "A new price that holds for good ends the one before it."
    ),
    told=("name", "old_price"),
    columns=(
        Column(
            "price_list",
            "The code of a price list; base when left out",
            columns.line(
                24, missing="Say which price list, or leave the whole column out for the base list."
            ),
            default=BASE,
        ),
        Column("sku", "The SKU of a product", sku, is_needed=True),
        Column(
            "min_qty",
            "From this quantity on; 1 when left out",
            columns.whole(least=1, most=LARGEST, empty="1"),
            default="1",
        ),
        Column(
            "unit_price",
            "Like 18.40, up to four places",
            columns.amount(places=4, most=HIGHEST),
            is_needed=True,
        ),
        Column("valid_from", "First day, like 2026-12-25; empty from the beginning", columns.day),
        Column("valid_to", "Last day; empty for good", columns.day),
    ),
)
