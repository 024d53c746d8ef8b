"""Customers and their addresses, for programs."""

from typing import Any

from app.core import clock
from app.core.access import Permission
from app.core.paging import NumberedPage
from app.customers.queries import directory
from app.customers.schemas import (
    AddressPage,
    CustomerMade,
    CustomerOut,
    CustomerPage,
    CustomerReplaced,
    CustomersAsked,
)
from app.customers.service import from_programs
from app.web.access import requires, viewer
from app.web.api import api
from app.web.schemas import Paging


@api.get("/customers", query=CustomersAsked, answer=CustomerPage)
@requires(Permission.CUSTOMERS_READ)
def list_customers(query: CustomersAsked) -> NumberedPage[Any]:
    """List customers."""
    return directory.customers_paged(viewer(), **query.model_dump())


@api.post("/customers", body=CustomerMade, answer=CustomerOut, status=201)
@requires(Permission.CUSTOMERS_WRITE, staff=True)
def create_customer(body: CustomerMade) -> Any:
    """Add a customer, who may order at once."""
    customer = from_programs.create(**body.model_dump(), by=viewer())
    return directory.customer_seen_by(viewer(), customer.code)


@api.get("/customers/<code>", answer=CustomerOut)
@requires(Permission.CUSTOMERS_READ)
def show_customer(code: str) -> Any:
    """Show one customer."""
    return directory.customer_seen_by(viewer(), code)


@api.put("/customers/<code>", body=CustomerReplaced, answer=CustomerOut)
@requires(Permission.CUSTOMERS_WRITE, staff=True)
def replace_customer(code: str, body: CustomerReplaced, version: int) -> Any:
    """Replace what is agreed with a customer. A closed one's people are signed out everywhere."""
    sent = body.model_dump()
    customer = from_programs.replace(code, **sent, version=version, by=viewer(), at=clock.now())
    return directory.customer_seen_by(viewer(), customer.code)


@api.delete("/customers/<code>", message="Deleted")
@requires(Permission.CUSTOMERS_WRITE, staff=True)
def delete_customer(code: str, version: int) -> None:
    """Delete a customer on whom nothing hangs: no people, no orders. Anybody else can be closed."""
    from_programs.remove(code, version=version, by=viewer(), at=clock.now())


@api.get("/customers/<code>/addresses", query=Paging, answer=AddressPage)
@requires(Permission.ORDERS_READ)
def list_addresses(code: str, query: Paging) -> NumberedPage[Any]:
    """List the addresses of a customer. Buyers see those of their own company."""
    return directory.addresses_paged(viewer(), code, **query.model_dump())
