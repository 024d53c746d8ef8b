"""What programs send and are told about the catalogue."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.catalogue.models import SKU, PriceListKind, ProductStatus
from app.catalogue.pricing import Answer as Priced
from app.catalogue.product_rules import LONGEST_DESCRIPTION
from app.catalogue.quantities import LARGEST
from app.core.text import tidy_lines
from app.web.schemas import Answer, Body, Line, Name, Paged, Paging, Query, UnitPrice

Sku = Annotated[str, Field(pattern=SKU)]
Quantity = Annotated[int, Field(ge=1, le=LARGEST)]
Description = Annotated[
    str,
    BeforeValidator(lambda value: tidy_lines(value) if isinstance(value, str) else value),
    Field(max_length=LONGEST_DESCRIPTION),
]
CategoryCode = Annotated[
    Line, Field(min_length=1, max_length=60, description="As its address calls it, like filter-coffee.")
]
TaxClassCode = Annotated[Line, Field(min_length=1, max_length=20)]


class BreakOut(Answer):
    """From this quantity on, each one costs this much."""

    min_qty: int
    unit_price: UnitPrice


class ProductOut(Answer):
    id: int
    sku: str
    name: str
    description: str
    category: str = Field(description="As its address calls it.")
    family_code: str = Field(description="Products of one family have it in common.")
    barcode: str
    unit_label: str
    pack_size: int = Field(description="A quantity is a multiple of it.")
    min_qty: int
    max_qty: int | None
    tax_class: str
    status: ProductStatus
    unit_price: UnitPrice | None = Field(description="Yours, or the base price for staff; null: on request.")
    breaks: list[BreakOut]
    version: int


class ProductPage(Paged[ProductOut]):
    """One page of products."""


class ProductsAsked(Paging):
    q: Annotated[
        Line, Field(max_length=120, description="Name, SKU, barcode or family, as people type it.")
    ] = ""
    category: CategoryCode | None = None
    status: ProductStatus | None = None
    sort: Literal["name", "-name", "sku", "-sku", "created_at", "-created_at"] = "name"


class ProductReplaced(Body):
    sku: Sku
    name: Name
    description: Description
    category: CategoryCode
    family_code: Annotated[Line, Field(max_length=40)]
    barcode: Annotated[Line, Field(max_length=32)]
    unit_label: Annotated[Line, Field(max_length=40)]
    pack_size: Quantity
    min_qty: Quantity
    max_qty: Quantity | None
    tax_class: TaxClassCode
    status: ProductStatus


class ProductMade(ProductReplaced):
    description: Description = ""
    family_code: Annotated[Line, Field(max_length=40)] = ""
    barcode: Annotated[Line, Field(max_length=32)] = ""
    unit_label: Annotated[Line, Field(max_length=40)] = ""
    pack_size: Quantity = 1
    min_qty: Quantity = 1
    max_qty: Quantity | None = None
    status: ProductStatus = ProductStatus.DRAFT


class PriceAsked(Query):
    sku: Annotated[Line, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=LARGEST)] = 1
    customer: Annotated[Line, Field(max_length=24)] = Field(
        "", description="A customer's code. Buyers get their own prices, staff without it the base price."
    )


class PriceSource(Answer):
    """Which list decided, and the quantity and days for which its price holds."""

    kind: PriceListKind
    list: str = Field(description="The code of the list.")
    name: str
    min_qty: int
    valid_from: date | None
    valid_to: date | None


class PriceOut(Answer):
    """Without a price nobody can order it: then it is null, like the rest."""

    sku: str
    quantity: int
    unit_price: UnitPrice | None
    list_price: UnitPrice | None = Field(description="What it costs by the base list.")
    source: PriceSource | None

    @classmethod
    def of(cls, sku: str, quantity: int, found: Priced | None) -> "PriceOut":
        if found is None:
            return cls(sku=sku, quantity=quantity, unit_price=None, list_price=None, source=None)
        offer = found.because
        source = PriceSource(
            kind=offer.kind,
            list=offer.list_code,
            name=offer.list_name,
            min_qty=offer.min_qty,
            valid_from=offer.valid_from,
            valid_to=offer.valid_to,
        )
        return cls(
            sku=sku,
            quantity=quantity,
            unit_price=found.unit_price,
            list_price=found.list_price,
            source=source,
        )
