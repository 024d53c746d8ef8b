"""What people say about a product, and what breaks a rule whatever else there is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.catalogue.models import SKU, ProductStatus
from app.catalogue.quantities import largest, smallest
from app.core.errors import Refused

LONGEST_DESCRIPTION = 4000
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


def wrong_by_itself(facts: Facts) -> list[Refused]:
    """What breaks a rule whatever else there is."""
    return [*_wrong_codes(facts), *_wrong_quantities(facts)]


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
