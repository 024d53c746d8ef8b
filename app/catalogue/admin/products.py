"""One product: looking at it, adding and changing."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.queries.administration import last_events_of
from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.forms import ON_SALE, PictureForm, ProductForm
from app.catalogue.happened import HAPPENED
from app.catalogue.models import Product
from app.catalogue.pricing import breaks
from app.catalogue.queries import pictures
from app.catalogue.queries import products as queries
from app.catalogue.queries.offers import offers
from app.catalogue.queries.prices import base_list
from app.catalogue.service import products as service
from app.catalogue.service.adding import add
from app.core.access import Permission
from app.core.business import today
from app.web.access import requires, viewer
from app.web.forms import Form
from app.web.idempotency import once


@bp.get("/products/<int:product_id>")
@requires(staff=True)
def product(product_id: int) -> ResponseReturnValue:
    return product_page(PictureForm(), queries.product(product_id))


@bp.route("/products/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def new_product() -> ResponseReturnValue:
    form = ProductForm.of(None, by=viewer(), today=today())
    if form.validate_on_submit():
        with form.showing_refusals():
            made = add(form.facts(), base_price=form.first_price(), by=viewer(), on=today())
            flash(f"{made.name} added", "good")
            return redirect(_after_adding(made), code=303)
    return form.page("catalogue/admin/product_form.html", product=None, on_sale=ON_SALE)


@bp.route("/products/<int:product_id>/edit", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def edit_product(product_id: int) -> ResponseReturnValue:
    form = ProductForm.of(queries.product(product_id), by=viewer(), today=today())
    if form.validate_on_submit():
        with form.showing_refusals():
            changed = service.edit(product_id, form.facts(), version=form.seen_version, by=viewer())
            flash(f"{changed.name} saved", "good")
            return redirect(url_for(".product", product_id=product_id), code=303)
    found = queries.product(product_id)
    form.compare_with(found, standing=found.status)
    return form.page("catalogue/admin/product_form.html", product=found, on_sale=ON_SALE)


def product_page(form: Form, found: Product) -> ResponseReturnValue:
    """The page of one product, which owns the form that sends a picture."""
    prices = offers([found.id], customer_id=None, on=today())
    return form.page(
        "catalogue/admin/product.html",
        product=found,
        breaks=breaks(prices.get(found.id, ())),
        base_list=base_list() if viewer().may(Permission.PRICES_WRITE) else None,
        waiting=pictures.waiting_for(found.id),
        on_sale=ON_SALE,
        events=last_events_of(found, HAPPENED),
        happened=HAPPENED,
    )


def _after_adding(made: Product) -> str:
    """The next one of the same kind, or what was just made."""
    if "another" in request.form:
        return url_for(".new_product", category=made.category_id)
    return url_for(".product", product_id=made.id)
