"""Price lists: which there are, adding one, changing one, taking one away."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.queries import administration
from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.price_forms import PriceListForm
from app.catalogue.queries import prices as queries
from app.catalogue.service import price_lists as service
from app.core import clock
from app.core.access import Permission
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.forms import VersionedForm
from app.web.idempotency import once

AS_CSV = {
    "Code": "PriceList.code",
    "Name": "PriceList.name",
    "Kind": "PriceList.kind",
    "Customer": "holder",
    "First day": "PriceList.valid_from",
    "Last day": "PriceList.valid_to",
    "In use": "PriceList.is_active",
    "Products": "products",
    "Customers": "customers",
}


@bp.get("/price-lists")
@requires(Permission.PRICES_WRITE, staff=True)
def price_lists() -> ResponseReturnValue:
    return render_template("catalogue/admin/price_lists.html", lists=queries.price_lists())


@bp.get("/price-lists.csv")
@requires(Permission.PRICES_WRITE, staff=True)
def price_lists_csv() -> ResponseReturnValue:
    return csv_of("price-lists", queries.price_lists(), AS_CSV)


@bp.route("/price-lists/new", methods=["GET", "POST"])
@requires(Permission.PRICES_WRITE, staff=True)
@once
def new_price_list() -> ResponseReturnValue:
    form = PriceListForm.new(contract=request.args.get("kind") == "contract")
    if form.validate_on_submit():
        with form.showing_refusals():
            made = service.create(**form.facts(), customer_id=form.customer_chosen(), by=viewer())
            flash(f"{made.name} added. Now put prices on it.", "good")
            return redirect(url_for(".prices", list_id=made.id, show="all"), code=303)
    customers = administration.customers_to_choose() if form.customer_id else []
    return form.page("catalogue/admin/price_list_form.html", price_list=None, customers=customers)


@bp.route("/price-lists/<int:list_id>/edit", methods=["GET", "POST"])
@requires(Permission.PRICES_WRITE, staff=True)
@once
def edit_price_list(list_id: int) -> ResponseReturnValue:
    form = PriceListForm.of(queries.price_list(list_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            service.edit(list_id, **form.facts(), version=form.seen_version, by=viewer())
            flash("Price list saved", "good")
            return redirect(url_for(".prices", list_id=list_id), code=303)
    price_list = queries.price_list(list_id)
    form.compare_with(price_list)
    return form.page("catalogue/admin/price_list_form.html", price_list=price_list)


@bp.route("/price-lists/<int:list_id>/remove", methods=["GET", "POST"])
@requires(Permission.PRICES_WRITE, staff=True)
@once
def remove_price_list(list_id: int) -> ResponseReturnValue:
    price_list = queries.price_list(list_id)
    form = VersionedForm(obj=price_list)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.remove(list_id, version=form.seen_version, by=viewer(), at=clock.now())
            flash(f"{price_list.name} is gone", "good")
            return redirect(url_for(".price_lists"), code=303)
    form.compare_with(queries.price_list(list_id))
    buyers = service.buyers_of(list_id)
    return form.page("catalogue/admin/price_list_remove.html", price_list=price_list, buyers=buyers)
