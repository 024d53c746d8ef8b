"""Pages on which staff see what customers owe: invoices, and what paid them."""

from app.billing.admin import debt, invoices, statement
from app.billing.admin.blueprint import bp

__all__ = ["bp", "debt", "invoices", "statement"]
