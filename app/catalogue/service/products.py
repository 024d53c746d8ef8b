"""Products: adding, changing, putting on sale and taking off, deleting and bringing back."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError

from app.catalogue.models import Product, ProductStatus
from app.catalogue.product_rules import Facts, wrong_by_itself
from app.catalogue.queries import categories, taxes
from app.catalogue.queries import products as queries
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused, Several
from app.core.transaction import constraint_of, use_case


class Outcome(NamedTuple):
    """What became of one product of several; `refusal` says why nothing did."""

    product: Product
    refusal: str = ""


@use_case
def create(facts: Facts, *, by: Viewer) -> Product:
    _check(facts)
    product = Product(**asdict(facts), created_by=by.user_id, updated_by=by.user_id)
    with _codes_unique(facts):
        db.session.add(product)
    diff: audit.Diff = {name: [None, value] for name, value in asdict(facts).items() if value}
    audit.record("product.created", product, by=by, diff=diff)
    return product


@use_case
def edit(product_id: int, facts: Facts, *, version: int, by: Viewer) -> Product:
    product = queries.product_to_change(product_id)
    product.expect(version)
    _check_here(product)
    _check(facts)
    with _codes_unique(facts):
        for name, value in asdict(facts).items():
            setattr(product, name, value)
        product.mark_edited(by.user_id)
        diff = audit.changes_of(product)
    audit.record("product.edited", product, by=by, diff=diff)
    return product


@use_case
def set_status(product_ids: Collection[int], status: ProductStatus, *, by: Viewer) -> list[Outcome]:
    """Each is judged by itself: those that can are changed, and of the others it is said why not."""
    return [_set_status(product, status, by=by) for product in queries.products_to_change(product_ids)]


@use_case
def remove(product_id: int, *, version: int, by: Viewer, at: datetime) -> Product:
    """Out of the lists; orders and stock that know it keep it, and it can come back."""
    product = queries.product_to_change(product_id)
    product.expect(version)
    _check_here(product)
    product.deleted_at = at
    product.mark_edited(by.user_id)
    audit.record("product.removed", product, by=by)
    return product


@use_case
def restore(product_id: int, *, version: int, by: Viewer) -> Product:
    product = queries.product_to_change(product_id)
    product.expect(version)
    if product.deleted_at is None:
        raise Refused(f"{product.name} is not deleted.")
    if categories.category_to_use(product.category_id) is None:
        raise Refused(f"The category of {product.name} was deleted meanwhile. Add it as a new product.")
    with _codes_unique(product):
        product.deleted_at = None
        product.mark_edited(by.user_id)
        diff = audit.changes_of(product)
    audit.record("product.restored", product, by=by, diff=diff)
    return product


def _set_status(product: Product, status: ProductStatus, *, by: Viewer) -> Outcome:
    if product.deleted_at:
        return Outcome(product, f"{product.name} is deleted")
    if product.status == status:
        return Outcome(product, f"{product.name} is already {status.word.lower()}")
    product.status = status
    product.mark_edited(by.user_id)
    audit.record(f"product.{'activated' if status is ProductStatus.ACTIVE else status}", product, by=by)
    return Outcome(product)


def _check_here(product: Product) -> None:
    if product.deleted_at:
        raise Refused(f"{product.name} is deleted. Restore it before you change it.")


def _check(facts: Facts) -> None:
    wrong = [*wrong_by_itself(facts), *_wrong_places(facts)]
    if len(wrong) > 1:
        raise Several(f"{len(wrong)} things about this product need putting right.", wrong)
    if wrong:
        raise wrong[0]


def _wrong_places(facts: Facts) -> Iterator[Refused]:
    if categories.category_to_use(facts.category_id) is None:
        yield Refused("This category is gone. Choose another one.", field="category_id")
    if not taxes.tax_class_is_there(facts.tax_class_id):
        yield Refused("This tax class is gone. Choose another one.", field="tax_class_id")


@contextmanager
def _codes_unique(facts: Facts | Product) -> Iterator[None]:
    """The index decides who was first; the transaction lives on, so that the form can be shown again."""
    sku, barcode = facts.sku, facts.barcode
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if constraint_of(error) == "uq_product_sku":
            raise Refused(
                f"This SKU belongs to {queries.holder_of_sku(sku)}. Type another.", field="sku"
            ) from None
        if constraint_of(error) == "uq_product_barcode":
            holder = queries.holder_of_barcode(barcode)
            raise Refused(f"This barcode belongs to {holder}. Type another.", field="barcode") from None
        raise
