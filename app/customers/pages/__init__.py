"""A buyer's own company: what we agreed, who buys for it, and where we deliver."""

from app.customers.pages import addresses, colleagues, company
from app.customers.pages.blueprint import bp

__all__ = ["addresses", "bp", "colleagues", "company"]
