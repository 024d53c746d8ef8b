"""Pages that buyers see: start page, catalogue, product, basket."""

from app.shop.pages import basket, catalogue, home, product
from app.shop.pages.blueprint import bp

__all__ = ["basket", "bp", "catalogue", "home", "product"]
