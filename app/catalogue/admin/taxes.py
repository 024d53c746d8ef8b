"""Tax: classes, their rates by day, planning the next one."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.forms import NewTaxClassForm, RateForm, TaxClassForm
from app.catalogue.queries import taxes as queries
from app.catalogue.service import taxes as service
from app.core.access import Permission
from app.core.business import today
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.forms import Form, VersionedForm
from app.web.idempotency import once

AS_CSV = {"Code": "code", "Name": "name", "Percent": "percent", "From": "valid_from"}


@bp.route("/tax", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def taxes() -> ResponseReturnValue:
    form = NewTaxClassForm(data={"valid_from": today()})
    if form.validate_on_submit():
        with form.showing_refusals():
            made = service.create(**form.facts(), by=viewer())
            flash(f"{made.name} added", "good")
            return redirect(url_for(".taxes"), code=303)
    return form.page("catalogue/admin/taxes.html", classes=queries.tax_classes(), today=today())


@bp.get("/tax.csv")
@requires(Permission.SETTINGS_WRITE, staff=True)
def taxes_csv() -> ResponseReturnValue:
    return csv_of("tax", queries.every_rate(), AS_CSV)


@bp.get("/tax/<int:tax_class_id>")
@requires(Permission.SETTINGS_WRITE, staff=True)
def tax_class(tax_class_id: int) -> ResponseReturnValue:
    return _page(RateForm(), tax_class_id)


@bp.post("/tax/<int:tax_class_id>/rates")
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def plan_rate(tax_class_id: int) -> ResponseReturnValue:
    form = RateForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.follow(tax_class_id, **form.facts(), today=today(), by=viewer())
            flash("The rate is planned", "good")
            return redirect(url_for(".tax_class", tax_class_id=tax_class_id), code=303)
    return _page(form, tax_class_id)


@bp.post("/tax/<int:tax_class_id>/rates/<int:rate_id>/remove")
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def drop_rate(tax_class_id: int, rate_id: int) -> ResponseReturnValue:
    form = RateForm()
    with form.showing_refusals():
        service.drop(tax_class_id, rate_id=rate_id, today=today(), by=viewer())
        flash("The planned rate is removed", "good")
    if form.is_wrong:
        return _page(form, tax_class_id)
    return redirect(url_for(".tax_class", tax_class_id=tax_class_id), code=303)


@bp.route("/tax/<int:tax_class_id>/edit", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def edit_tax_class(tax_class_id: int) -> ResponseReturnValue:
    form = TaxClassForm.of(queries.tax_class(tax_class_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            service.rename(tax_class_id, **form.plain("name"), version=form.seen_version, by=viewer())
            flash("The name is saved", "good")
            return redirect(url_for(".tax_class", tax_class_id=tax_class_id), code=303)
    found = queries.tax_class(tax_class_id)
    form.compare_with(found)
    return form.page("catalogue/admin/tax_class_form.html", tax_class=found)


@bp.route("/tax/<int:tax_class_id>/remove", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def remove_tax_class(tax_class_id: int) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.tax_class(tax_class_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            gone = service.remove(tax_class_id, version=form.seen_version, by=viewer())
            flash(f"{gone.name} deleted", "good")
            return redirect(url_for(".taxes"), code=303)
    found = queries.tax_class(tax_class_id)
    form.compare_with(found)
    why_not = service.reason_to_keep(found)
    return form.page("catalogue/admin/tax_class_remove.html", tax_class=found, why_not=why_not)


def _page(form: Form, tax_class_id: int) -> ResponseReturnValue:
    found, uses = queries.tax_class(tax_class_id), queries.uses_of(tax_class_id)
    return form.page("catalogue/admin/tax_class.html", tax_class=found, uses=uses, today=today())
