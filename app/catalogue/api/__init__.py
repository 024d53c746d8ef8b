"""The JSON door to the catalogue: products, prices."""

from app.catalogue.api import products, prices  # isort: skip - the order of the documentation

__all__ = ["prices", "products"]
