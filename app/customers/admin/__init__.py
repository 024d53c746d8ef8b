"""Pages on which the desk looks after customers, their addresses and applications."""

from app.customers.admin import actions, addresses, applications, customers
from app.customers.admin.blueprint import bp

__all__ = ["actions", "addresses", "applications", "bp", "customers"]
