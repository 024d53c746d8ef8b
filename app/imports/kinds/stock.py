"""Stock counts: one row for each product that somebody counted."""

from app.core.access import Permission
from app.imports import columns
from app.imports.columns import Column
from app.imports.kinds.kind import Kind
from app.imports.kinds.products import sku
from app.imports.models import ImportKind
from app.stock.models import MOST

STOCK = Kind(
    name=ImportKind.STOCK,
    label="Stock counts",
    one="product",
    permission=Permission.STOCK_WRITE,
    key=("sku",),
    advice="A count becomes a movement in the ledger of its product. Orders go on meanwhile.",
    told=("name", "shelf", "held", "free", "stock"),
    columns=(
        Column("sku", "The SKU of a product", sku, is_needed=True),
        Column("on_hand", "What was counted: a whole number", columns.whole(most=MOST)),
        Column("low_at", "Whole number, or empty", columns.whole(most=MOST, empty="")),
        Column("backorder_limit", "Whole number; 0 when empty", columns.whole(most=MOST, empty="0")),
        Column("back_on", "Day, like 2026-12-25, or empty", columns.day),
    ),
)
