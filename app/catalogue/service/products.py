"""Products: adding, changing, putting on sale and taking off, deleting and bringing back."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError

from app.catalogue.models import SKU, Product, ProductStatus
from app.catalogue.quantities import largest, smallest
from app.catalogue.queries import categories, taxes
from app.catalogue.queries import products as queries
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused, Several
from app.core.transaction import constraint_of, use_case

LOOKS_LIKE_A_SKU = re.compile(SKU)
LOOKS_LIKE_A_BARCODE = re.compile(r"[A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that people say about a product."""

    sku: str
    name: str
    category_id: int
    tax_class_id: int
    barcode: str = ""
    family_code: str = ""
    description: str = ""
    unit_label: str = ""
    pack_size: int = 1
    min_qty: int = 1
    max_qty: int | None = None
    shelf: str = ""
    status: ProductStatus = ProductStatus.DRAFT


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


def wrong_by_itself(facts: Facts) -> list[Refused]:
    """What breaks a rule whatever else there is."""
    return [*_wrong_codes(facts), *_wrong_quantities(facts)]


def _check(facts: Facts) -> None:
    wrong = [*wrong_by_itself(facts), *_wrong_places(facts)]
    if len(wrong) > 1:
        raise Several(f"{len(wrong)} things about this product need putting right.", wrong)
    if wrong:
        raise wrong[0]


def _wrong_codes(facts: Facts) -> Iterator[Refused]:
    if not LOOKS_LIKE_A_SKU.fullmatch(facts.sku):
        yield Refused(
            "Begin with a letter or digit and go on with letters, digits, dots, _, + and -, like COF-HSE-250.",
            field="sku",
        )
    if not LOOKS_LIKE_A_BARCODE.fullmatch(facts.barcode):
        yield Refused("A barcode has letters, digits and hyphens only.", field="barcode")


def _wrong_quantities(facts: Facts) -> Iterator[Refused]:
    """They are checked against each other: some quantity must be left that can be ordered."""
    if facts.pack_size < 1:
        yield Refused("Type 1 or more.", field="pack_size")
        return
    if facts.min_qty < 1:
        yield Refused("Type 1 or more.", field="min_qty")
    elif facts.min_qty % facts.pack_size and facts.min_qty > 1:
        yield Refused(
            f"{facts.min_qty:,} is not a whole number of packs of {facts.pack_size:,}. "
            f"Type {smallest(facts):,}.",
            field="min_qty",
        )
    elif facts.max_qty is not None and facts.max_qty < smallest(facts):
        yield Refused(f"Type {smallest(facts):,} or more: that is the least.", field="max_qty")
    elif facts.max_qty is not None and facts.max_qty % facts.pack_size:
        yield Refused(
            f"{facts.max_qty:,} is not a whole number of packs of {facts.pack_size:,}. "
            f"Type {largest(facts):,}.",
            field="max_qty",
        )


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
