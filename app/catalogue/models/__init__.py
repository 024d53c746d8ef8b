"""Products, and what every price and tax is looked up from."""

from app.catalogue.models.charges import ClosedDay, DeliveryMethod, TaxClass, TaxRate
from app.catalogue.models.prices import Price, PriceList, PriceListKind
from app.catalogue.models.products import (
    SKU,
    Category,
    PictureWaiting,
    Product,
    ProductStatus,
    ProductWord,
)

__all__ = [
    "SKU",
    "Category",
    "ClosedDay",
    "DeliveryMethod",
    "PictureWaiting",
    "Price",
    "PriceList",
    "PriceListKind",
    "Product",
    "ProductStatus",
    "ProductWord",
    "TaxClass",
    "TaxRate",
]
