"""Products with what stands of them: the list, its file, and what is done to several at once."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.models import ProductStatus
from app.catalogue.pricing import breaks
from app.catalogue.queries.categories import categories_to_choose
from app.catalogue.queries.offers import offers
from app.catalogue.service.products import set_status
from app.catalogue.tree import in_order, within
from app.core.access import Permission
from app.core.business import today
from app.desk.pages.blueprint import bp
from app.desk.queries import products as queries
from app.desk.queries.products import Sought
from app.stock.queries.standing import STANDINGS as STOCK_STANDINGS
from app.stock.shelf import Shelf
from app.stock.words import StockWord, stock_word
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked, numbers_in, tell

# An import knows these heads, or knows that they say nothing to it: a file that was taken out can go in again.
AS_CSV: Columns = {
    "SKU": "sku",
    "Name": "name",
    "Category": "category_code",
    "Tax class": "tax_class",
    "Status": "status",
    "Barcode": "barcode",
    "Family code": "family_code",
    "Description": "description",
    "Unit label": "unit_label",
    "Pack size": "pack_size",
    "Min qty": "min_qty",
    "Max qty": "max_qty",
    "Shelf": "shelf",
    "Price": "price",
}
STOCK_AS_CSV: Columns = {
    "On hand": "on_hand",
    "Held": "reserved",
    "Free": "available",
    "Stock": lambda row: (found := _word_of(row)) and found.word,
}
FILTERS = ("category", "show", "stock")
DOES = {"activate": ProductStatus.ACTIVE, "discontinue": ProductStatus.DISCONTINUED}
DONE = {ProductStatus.ACTIVE: "on sale now", ProductStatus.DISCONTINUED: "discontinued"}


@bp.get("/admin/products")
@requires(staff=True)
def products() -> ResponseReturnValue:
    wanted, branches = _wanted(), in_order(categories_to_choose())
    page = queries.products_listed(_sought(wanted, branches), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "products", one="product")
    prices = offers([row.id for row in listing.rows], customer_id=None, on=today())
    shown = {row.id: breaks(prices.get(row.id, ())) for row in listing.rows}
    around = {"branches": branches, "counts": queries.counts(), "prices": shown, "word_of": _word_of}
    return render_template("desk/products.html", listing=listing, sees_stock=_sees_stock(), **around)


@bp.get("/admin/products.csv")
@requires(staff=True)
def products_csv() -> ResponseReturnValue:
    sought = _sought(_wanted(), in_order(categories_to_choose()))
    rows = queries.every_product(sought, on=today())
    return csv_of("products", rows, {**AS_CSV, **STOCK_AS_CSV} if _sees_stock() else AS_CSV)


@bp.post("/admin/products")
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def change_products() -> ResponseReturnValue:
    status = DOES.get(request.form.get("do", ""))
    ticked = set(numbers_in(request.form.getlist("p")))
    if status and ticked:
        done = DONE[status]
        tell(set_status(ticked, status, by=viewer()), f"product is {done}", f"products are {done}")
    else:
        flash("Tick some products first", "info")
    of_the_list = ("q", *FILTERS, "sort", "after", "before")
    here = {name: request.args[name] for name in of_the_list if name in request.args}
    return redirect(f"{url_for('.products')}?{urlencode(here)}", code=303)


def _sees_stock() -> bool:
    """As on the pages of stock."""
    return viewer().may(Permission.ORDERS_READ)


def _wanted() -> Asked:
    return asked(*FILTERS, sorts=("name", "sku"))


def _sought(wanted: Asked, branches: list[Any]) -> Sought:
    """A category means all that stands under it, too; one that is gone holds nothing."""
    chosen, known = wanted["category"], [branch.category for branch in branches]
    category_ids = tuple(sorted(within(known, int(chosen)))) if chosen.isdecimal() else ()
    return Sought(
        q=wanted["q"],
        category_ids=category_ids,
        standing=wanted["show"] if wanted["show"] in queries.STANDINGS else "",
        stock=wanted["stock"] if wanted["stock"] in STOCK_STANDINGS and _sees_stock() else "",
        sort=wanted.sort_name,
        is_descending=wanted.is_descending,
    )


def _word_of(row: Any) -> StockWord | None:
    """None for what nobody sells any more, and nobody has."""
    return stock_word(Shelf.of(row), today()) if row.is_of_interest else None
