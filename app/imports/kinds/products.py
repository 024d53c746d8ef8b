"""Products: one row for each SKU."""

from app.catalogue.models import ProductStatus
from app.catalogue.product_rules import LONGEST_DESCRIPTION, Facts, wrong_by_itself
from app.catalogue.quantities import LARGEST
from app.core.access import Permission
from app.imports import columns
from app.imports.columns import Column, Values
from app.imports.kinds.kind import Kind, Problems
from app.imports.models import ImportKind

sku = columns.code(64, missing="Every row needs the SKU of a product.")


def as_on_the_form(values: Values) -> Problems:
    """What nobody may type there, no file may bring."""
    facts = Facts(
        sku=values["sku"],
        name="",
        category_id=0,
        tax_class_id=0,
        barcode=values.get("barcode", ""),
        pack_size=int(values.get("pack_size", 1)),
        min_qty=int(values.get("min_qty", 1)),
        max_qty=int(values["max_qty"]) if values.get("max_qty") else None,
    )
    return {str(refusal.field): refusal.message for refusal in wrong_by_itself(facts)}


PRODUCTS = Kind(
    name=ImportKind.PRODUCTS,
    label="Products",
    one="product",
    permission=Permission.CATALOGUE_WRITE,
    key=("sku",),
    rule=as_on_the_form,
    advice="A SKU that we know is changed, a new one is added. Pictures stay as they are.",
    told=("price", "on_hand", "held", "free", "stock"),
    columns=(
        Column("sku", "Text, like COF-HSE-1K. Never changed.", sku, is_needed=True),
        Column("name", "Text", columns.line(120, missing="A product needs a name."), is_needed_if_new=True),
        Column(
            "category",
            "A category, like Coffee beans or coffee-beans",
            columns.line(60, missing="A product needs a category."),
            is_needed_if_new=True,
        ),
        Column(
            "tax_class",
            "A tax class, like Standard",
            columns.line(60, missing="A product needs a tax class."),
            is_needed_if_new=True,
        ),
        Column("status", "draft, active or discontinued", columns.choice(ProductStatus)),
        Column("barcode", "Text", columns.code(32), is_unique=True),
        Column("family_code", "Text; groups siblings", columns.code(40)),
        Column("description", "Text, over several lines if you like", columns.lines(LONGEST_DESCRIPTION)),
        Column("unit_label", "Text, like case of 12", columns.line(40)),
        Column("pack_size", "Whole number; 1 when empty", columns.whole(least=1, most=LARGEST, empty="1")),
        Column("min_qty", "Whole number; 1 when empty", columns.whole(least=1, most=LARGEST, empty="1")),
        Column(
            "max_qty",
            "Whole number, or empty for no limit",
            columns.whole(least=1, most=LARGEST, empty=""),
        ),
        Column("shelf", "Text", columns.code(20)),
    ),
)
