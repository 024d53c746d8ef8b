"""Pages on which staff keep the catalogue: categories, products, prices, tax, delivery."""

from app.catalogue.admin import (
    categories,
    delivery,
    price_lists,
    prices,
    product_actions,
    products,
    taxes,
)
from app.catalogue.admin.blueprint import bp

__all__ = [
    "bp",
    "categories",
    "delivery",
    "price_lists",
    "prices",
    "product_actions",
    "products",
    "taxes",
]
