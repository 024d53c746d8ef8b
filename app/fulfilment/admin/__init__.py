"""Pages of the warehouse: what to pick, shipments and their papers, and what comes back."""

from app.fulfilment.admin import papers, picking, returns, shipments
from app.fulfilment.admin.blueprint import bp

__all__ = ["bp", "papers", "picking", "returns", "shipments"]
