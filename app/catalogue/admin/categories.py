"""Categories: the tree, adding, changing, moving, deleting."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.forms import ICONS, CategoryForm
from app.catalogue.queries import categories as queries
from app.catalogue.service import categories as service
from app.catalogue.tree import in_order
from app.core import clock
from app.core.access import Permission
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.forms import VersionedForm
from app.web.idempotency import once

AS_CSV = {"Code": "category.slug", "Name": "category.name", "Path": "path", "Products": "category.products"}


@bp.get("/categories")
@requires(staff=True)
def categories() -> ResponseReturnValue:
    return render_template("catalogue/admin/categories.html", branches=in_order(queries.categories()))


@bp.get("/categories.csv")
@requires(staff=True)
def categories_csv() -> ResponseReturnValue:
    return csv_of("categories", in_order(queries.categories()), AS_CSV)


@bp.route("/categories/new", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def new_category() -> ResponseReturnValue:
    form = CategoryForm.of(None, queries.categories_to_choose())
    if form.validate_on_submit():
        with form.showing_refusals():
            made = service.create(**form.facts(), by=viewer())
            flash(f"{made.name} added", "good")
            return redirect(url_for(".categories"), code=303)
    return form.page("catalogue/admin/category.html", category=None, icons=ICONS)


@bp.route("/categories/<int:category_id>", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def category(category_id: int) -> ResponseReturnValue:
    form = CategoryForm.of(queries.category(category_id), queries.categories_to_choose())
    if form.validate_on_submit():
        with form.showing_refusals():
            changed = service.edit(category_id, **form.facts(), version=form.seen_version, by=viewer())
            flash(f"{changed.name} saved", "good")
            return redirect(url_for(".categories"), code=303)
    found = queries.category(category_id)
    form.compare_with(found)
    return form.page("catalogue/admin/category.html", category=found, icons=ICONS)


@bp.post("/categories/<int:category_id>/move")
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def move_category(category_id: int) -> ResponseReturnValue:
    service.move(category_id, down=request.form.get("do") == "down", by=viewer())
    return redirect(url_for(".categories", _anchor=f"category-{category_id}"), code=303)


@bp.route("/categories/<int:category_id>/remove", methods=["GET", "POST"])
@requires(Permission.CATALOGUE_WRITE, staff=True)
@once
def remove_category(category_id: int) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.category(category_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            gone = service.remove(category_id, version=form.seen_version, by=viewer(), at=clock.now())
            flash(f"{gone.name} deleted", "good")
            return redirect(url_for(".categories"), code=303)
    found = queries.category(category_id)
    form.compare_with(found)
    why_not = service.reason_to_keep(found)
    return form.page("catalogue/admin/category_remove.html", category=found, why_not=why_not)
