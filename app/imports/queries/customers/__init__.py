"""Customers, their buyers and their addresses: what a file says of them, and what we know."""

from app.imports.queries.customers.around import around
from app.imports.queries.customers.known import every_row
from app.imports.queries.customers.touched import lines_in_use
from app.imports.queries.customers.written import TAKING_BACK, WRITING

ENTITY, NAMED_BY = "customer", ("name", "code")
WORD = "customer"  # what the log calls it
LAST = LAST_BACK = ()
TABLES = ("customer", '"user"', "user_role", "address")

__all__ = [
    "ENTITY",
    "LAST",
    "LAST_BACK",
    "NAMED_BY",
    "TABLES",
    "TAKING_BACK",
    "WORD",
    "WRITING",
    "around",
    "every_row",
    "lines_in_use",
]
