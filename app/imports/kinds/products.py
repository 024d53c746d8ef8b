"""Products: one row for each SKU."""

import re

from app.catalogue.models import SKU, ProductStatus
from app.core.access import Permission
from app.imports import columns
from app.imports.columns import Column, Values
from app.imports.kinds.kind import Kind, Problems

LIKE_SKU = re.compile(SKU)
SKU_TOLD = "A SKU has letters, digits and . _ + - in it, and begins with a letter or digit."
SKU_MISSING = "Every row needs the SKU of a product."
sku = columns.code(64, missing=SKU_MISSING, like=LIKE_SKU, told=SKU_TOLD)


def quantities_fit(values: Values) -> Problems:
    """As far as the row says both."""
    least, most = values.get("min_qty"), values.get("max_qty")
    if least and most and int(most) < int(least):
        return {"max_qty": f"At most {most} and at least {least} cannot both be."}
    return {}


PRODUCTS = Kind(
    name="products",
    label="Products",
    one="product",
    permission=Permission.CATALOGUE_WRITE,
    key=("sku",),
    rule=quantities_fit,
    advice="A SKU that we know is changed, a new one is added. Pictures stay as they are.",
    columns=(
        Column("sku", "Text, like COF-HSE-1K. Never changed.", sku, is_needed=True),
        Column("name", "Text", columns.line(120, missing="A product needs a name."), is_needed_if_new=True),
        Column(
            "category",
            "The category as its address has it, like coffee-beans",
            columns.line(60, missing="A product needs a category."),
            is_needed_if_new=True,
        ),
        Column(
            "tax_class",
            "The code of a tax class, like standard",
            columns.line(20, missing="A product needs a tax class."),
            is_needed_if_new=True,
        ),
        Column("status", "draft, active or discontinued", columns.choice(ProductStatus)),
        Column("barcode", "Text", columns.code(32), is_unique=True),
        Column("family_code", "Text; groups siblings", columns.code(40)),
        Column("description", "Text, over several lines if you like", columns.lines(4000)),
        Column("unit_label", "Text, like case of 12", columns.line(40)),
        Column("pack_size", "Whole number from 1", columns.whole(least=1, most=999_999)),
        Column("min_qty", "Whole number from 1", columns.whole(least=1, most=999_999)),
        Column(
            "max_qty",
            "Whole number, or empty for no limit",
            columns.whole(least=1, most=999_999, may_be_empty=True),
        ),
        Column("shelf", "Text", columns.code(20)),
    ),
)
