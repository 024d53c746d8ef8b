"""What stands on the shelves, and every statement that changes it."""

from app.stock.queries.standing import shelves

__all__ = ["shelves"]
