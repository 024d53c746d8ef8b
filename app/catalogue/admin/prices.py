"""Prices: the grid of one list, one product's prices, a percentage on many, and why a price is what it is."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.queries import administration
from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.price_forms import ChangeForm, PricesForm, WhyForm
from app.catalogue.models import PriceList
from app.catalogue.price_rows import version_of
from app.catalogue.pricing import price
from app.catalogue.queries import price_changes
from app.catalogue.queries import prices as queries
from app.catalogue.queries.categories import categories_to_choose
from app.catalogue.queries.offers import offers
from app.catalogue.queries.products import product_seen_by
from app.catalogue.service import prices as service
from app.catalogue.why import steps
from app.core.access import Permission
from app.core.business import today
from app.core.text import counted
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked

AS_IMPORTED = ("price_list", "sku", "min_qty", "unit_price", "valid_from", "valid_to")
AS_CSV = dict(zip(AS_IMPORTED, AS_IMPORTED, strict=True))
# The new prices, as an import takes them; the old one is for people to read.
CHANGE_AS_CSV = {
    "price_list": "price_list",
    "sku": "sku",
    "name": "name",
    "min_qty": "min_qty",
    "old_price": "old",
    "unit_price": "new",
    "valid_from": "begins",
    "valid_to": "valid_to",
}


@bp.get("/price-lists/<int:list_id>")
@requires(Permission.PRICES_WRITE, staff=True)
def prices(list_id: int) -> ResponseReturnValue:
    price_list, listing = queries.price_list(list_id), _listing(list_id, asked("show", sorts=("name",)))
    return render_template(
        "catalogue/admin/price_list.html",
        price_list=price_list,
        holder=queries.holder_of(price_list),
        listing=listing,
        rows=queries.prices_on(list_id, [product.id for product in listing.rows]),
        today=today(),
    )


@bp.get("/price-lists/<int:list_id>.csv")
@requires(Permission.PRICES_WRITE, staff=True)
def prices_csv(list_id: int) -> ResponseReturnValue:
    code, wanted = queries.price_list(list_id).code, asked("show", sorts=("name",))
    return csv_of(f"prices-{code}", queries.every_price(list_id, q=wanted["q"], on=today()), AS_CSV)


def _listing(list_id: int, wanted: Asked) -> Listing[Any]:
    page = queries.products_for_prices(
        list_id,
        q=wanted["q"],
        with_price=wanted["show"] != "all",
        after=wanted.after,
        before=wanted.before,
    )
    return Listing(page, wanted, "products", one="product")


@bp.route("/price-lists/<int:list_id>/prices/<sku>", methods=["GET", "POST"])
@requires(Permission.PRICES_WRITE, staff=True)
@once
def product_prices(list_id: int, sku: str) -> ResponseReturnValue:
    price_list, product = queries.price_list(list_id), product_seen_by(viewer(), sku)
    form = _prices_form(list_id, product.id)
    if form.validate_on_submit():
        with form.showing_refusals():
            rows = form.prices()
            service.set_for_product(list_id, sku, rows, version=form.seen_version, by=viewer(), on=today())
            flash(f"Prices of {product.name} saved", "good")
            return redirect(url_for(".product_prices", list_id=list_id, sku=product.sku), code=303)
    return _prices_page(form, price_list, product)


def _prices_form(list_id: int, product_id: int) -> PricesForm:
    standing = queries.prices_on(list_id, [product_id])[product_id]
    return PricesForm.of([row for row in standing if not row.is_over(today())], version_of(standing))


def _prices_page(form: PricesForm, price_list: PriceList, product: Any) -> ResponseReturnValue:
    """After a conflict what is there now stands beside what was typed, and saving again means it."""
    now = queries.prices_on(price_list.id, [product.id])[product.id]
    is_stale = form.status == 409
    if is_stale:
        form.version.data = str(version_of(now))
    return form.page(
        "catalogue/admin/price_list_product.html",
        price_list=price_list,
        product=product,
        over=[row for row in now if row.is_over(today())],
        now=[row for row in now if not row.is_over(today())] if is_stale else None,
    )


@bp.route("/price-lists/<int:list_id>/change", methods=["GET", "POST"])
@requires(Permission.PRICES_WRITE, staff=True)
@once
def change_prices(list_id: int) -> ResponseReturnValue:
    price_list = queries.price_list(list_id)
    form = ChangeForm.asked(categories_to_choose(), today())
    if form.validate_on_submit():
        with form.showing_refusals():
            change = form.change(list_id)
            done = service.change_by_percent(change, version=form.seen_version, by=viewer(), on=today())
            flash(f"{counted(done.prices, 'price', 'prices')} changed", "good")
            return redirect(url_for(".prices", list_id=list_id), code=303)
    return _change_page(form, price_list)


@bp.get("/price-lists/<int:list_id>/change.csv")
@requires(Permission.PRICES_WRITE, staff=True)
def change_prices_csv(list_id: int) -> ResponseReturnValue:
    """What cannot be done, the page says."""
    code, form = queries.price_list(list_id).code, ChangeForm.asked(categories_to_choose(), today())
    if form.is_filled and form.validate():
        with form.showing_refusals():
            change = form.change(list_id)
            service.check_change(change, today())
            rows = price_changes.every_price_before_and_after(change)
            return csv_of(f"price-change-{code}", rows, CHANGE_AS_CSV)
    page = url_for(".change_prices", list_id=list_id)
    return redirect(f"{page}?{request.query_string.decode()}", code=303)


def _change_page(form: ChangeForm, price_list: PriceList) -> ResponseReturnValue:
    """What was refused has been understood: it is shown again as it would be now."""
    extent = listing = None
    if form.refused_with or (form.is_filled and form.validate()):
        with form.showing_refusals():
            change = form.change(price_list.id)
            service.check_change(change, today())
            extent, listing = price_changes.extent_of(change), _before_and_after(change)
            form.version.data = str(extent.version)
    return form.page(
        "catalogue/admin/price_list_change.html", price_list=price_list, extent=extent, listing=listing
    )


def _before_and_after(change: price_changes.PriceChange) -> Listing[Any]:
    wanted = asked("direction", "percent", "category_id", "starts_on", sorts=("name",))
    page = price_changes.prices_before_and_after(change, after=wanted.after, before=wanted.before)
    return Listing(page, wanted, "prices", one="price")


@bp.get("/price-lists/why")
@requires(Permission.ORDERS_READ, staff=True)
def why_this_price() -> ResponseReturnValue:
    may_know_customers = viewer().may(Permission.CUSTOMERS_READ)
    form = WhyForm.asked(today(), for_customers=may_know_customers)
    told: dict[str, Any] = {}
    if form.is_filled and form.validate():
        with form.showing_refusals():
            told = _told(form)
    customers = administration.customers_to_choose() if may_know_customers else []
    return form.page("catalogue/admin/price_list_why.html", customers=customers, **told)


def _told(form: WhyForm) -> dict[str, Any]:
    product, customer = queries.product_called(form.sku.data), form.whose()
    quantity, on = form.how_many(), form.day()
    lists = queries.lists_that_may_decide(customer)
    offered = offers([product.id], customer_id=customer.id if customer else None, on=on)
    answer = price(offered.get(product.id, ()), quantity)
    asked_for = {"product": product, "buyer": customer, "quantity": quantity, "on": on}
    stored = queries.prices_by_list(product.id, lists)
    return asked_for | {"answer": answer, "steps": steps(lists, stored, answer, quantity=quantity, on=on)}
