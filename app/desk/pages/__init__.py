"""Pages for staff: what needs somebody today, and the products with their stock."""

from app.desk.pages import products, today
from app.desk.pages.blueprint import bp

__all__ = ["bp", "products", "today"]
