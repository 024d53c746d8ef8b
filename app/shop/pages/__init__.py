"""Pages that buyers see: start page, catalogue, product, basket, checkout, orders, quick order, order pads."""

from app.shop.pages import (
    basket,
    catalogue,
    change,
    checkout,
    home,
    order,
    orders,
    pads,
    product,
    quick_order,
    reorder,
)
from app.shop.pages.blueprint import bp

__all__ = [
    "basket",
    "bp",
    "catalogue",
    "change",
    "checkout",
    "home",
    "order",
    "orders",
    "pads",
    "product",
    "quick_order",
    "reorder",
]
