"""Products, for programs: staff see all at the base price, buyers what is on sale at their own."""

from datetime import date
from typing import Any

from app.catalogue.queries import for_programs
from app.catalogue.schemas import ProductMade, ProductOut, ProductPage, ProductReplaced, ProductsAsked
from app.catalogue.service import from_programs
from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.core.paging import NumberedPage
from app.web.access import requires, viewer
from app.web.api import api


@api.get("/products", query=ProductsAsked, answer=ProductPage)
@requires(Permission.ORDERS_READ)
def list_products(query: ProductsAsked) -> NumberedPage[Any]:
    """List products. Buyers see those on sale, at their own prices; typing errors in `q` are forgiven."""
    return for_programs.products_paged(viewer(), **query.model_dump(), on=_today())


@api.post("/products", body=ProductMade, answer=ProductOut, status=201)
@requires(Permission.CATALOGUE_WRITE, staff=True)
def create_product(body: ProductMade) -> Any:
    """Add a product. It is a draft, unless said otherwise."""
    made = from_programs.create(**body.model_dump(), by=viewer())
    return for_programs.product_told_to(viewer(), made.sku, on=_today())


@api.get("/products/<sku>", answer=ProductOut)
@requires(Permission.ORDERS_READ)
def show_product(sku: str) -> Any:
    """Show one product."""
    return for_programs.product_told_to(viewer(), sku, on=_today())


@api.put("/products/<sku>", body=ProductReplaced, answer=ProductOut)
@requires(Permission.CATALOGUE_WRITE, staff=True)
def replace_product(sku: str, body: ProductReplaced, version: int) -> Any:
    """Replace what is known about a product. Its prices, stock and picture stay as they are."""
    changed = from_programs.replace(sku, **body.model_dump(), version=version, by=viewer())
    return for_programs.product_told_to(viewer(), changed.sku, on=_today())


@api.delete("/products/<sku>", message="Deleted")
@requires(Permission.CATALOGUE_WRITE, staff=True)
def delete_product(sku: str, version: int) -> None:
    """Delete a product. Orders keep it; our own people can restore it."""
    from_programs.remove(sku, version=version, by=viewer(), at=clock.now())


def _today() -> date:
    return clock.business_day(clock.now(), business().time_zone)
