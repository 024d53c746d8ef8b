"""Pages on which buyers see what they owe: invoices, and what paid them."""

from app.billing.pages import invoices, statement
from app.billing.pages.blueprint import bp

__all__ = ["bp", "invoices", "statement"]
