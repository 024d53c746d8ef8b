"""Products as programs send them: categories and tax classes by their codes, the product by its SKU."""

from datetime import datetime
from typing import Any

from app.catalogue.models import Product
from app.catalogue.product_rules import Facts
from app.catalogue.queries import categories, taxes
from app.catalogue.queries.products import product_seen_by
from app.catalogue.service import products
from app.core.access import Viewer
from app.core.errors import Refused, Several
from app.core.transaction import use_case

CALLED = {"category_id": "category", "tax_class_id": "tax_class"}


@use_case
def create(*, category: str, tax_class: str, by: Viewer, **facts: Any) -> Product:
    try:
        return products.create(_facts(facts, category, tax_class), by=by)
    except Refused as refusal:
        raise _in_their_words(refusal) from None


@use_case
def replace(
    seen_as: str, *, category: str, tax_class: str, version: int, by: Viewer, **facts: Any
) -> Product:
    """Everything a program can see of a product. Its shelf it cannot see."""
    product = product_seen_by(by, seen_as)
    facts["shelf"] = product.shelf
    try:
        return products.edit(product.id, _facts(facts, category, tax_class), version=version, by=by)
    except Refused as refusal:
        raise _in_their_words(refusal) from None


@use_case
def remove(seen_as: str, *, version: int, by: Viewer, at: datetime) -> None:
    products.remove(product_seen_by(by, seen_as).id, version=version, by=by, at=at)


def _facts(facts: dict[str, Any], category: str, tax_class: str) -> Facts:
    category_id, tax_class_id = categories.category_id_of(category), taxes.tax_class_id_of(tax_class)
    if category_id is None:
        raise Refused(f"There is no category called {category}.", field="category")
    if tax_class_id is None:
        raise Refused(f"There is no tax class called {tax_class}.", field="tax_class")
    return Facts(**facts, category_id=category_id, tax_class_id=tax_class_id)


def _in_their_words(refusal: Refused) -> Refused:
    """About the field that they sent."""
    if isinstance(refusal, Several):
        parts = [_in_their_words(part) for part in refusal.parts]
        return Several(refusal.message, parts)
    field = CALLED.get(refusal.field or "", refusal.field)
    return Refused(refusal.message, field=field, code=refusal.code)
