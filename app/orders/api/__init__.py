"""The JSON door to orders: placing and changing them, what becomes of them, and money that comes in for them."""

from app.orders.api import orders, moves, receipts, accounts  # isort: skip - the order of the documentation

__all__ = ["accounts", "moves", "orders", "receipts"]
