"""The JSON door to orders: placing and changing them, and what becomes of them."""

from app.orders.api import orders, moves  # isort: skip - the order of the documentation

__all__ = ["moves", "orders"]
