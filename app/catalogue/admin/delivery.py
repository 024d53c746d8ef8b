"""Delivery: the ways to a customer's door, and the days on which nothing goes."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.catalogue.admin.blueprint import bp
from app.catalogue.admin.forms import ClosedDayForm, DeliveryForm
from app.catalogue.delivery_days import days_offered, weekday_words
from app.catalogue.queries import delivery as queries
from app.catalogue.service import delivery as service
from app.core import clock
from app.core.access import Permission
from app.core.business import business, today
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.forms import Form, VersionedForm
from app.web.idempotency import once

NEXT_FEW = 3
AS_CSV: Columns = {
    "Method": "name",
    "Price": "price_net",
    "Free from": "free_over_net",
    "Tax": "tax_class.code",
    "Goes on": lambda method: weekday_words(method.weekdays),
    "Lead days": "lead_days",
    "Order before": "cutoff_time",
}


@bp.get("/delivery")
@requires(Permission.SETTINGS_WRITE, staff=True)
def delivery() -> ResponseReturnValue:
    return _page(ClosedDayForm())


@bp.get("/delivery.csv")
@requires(Permission.SETTINGS_WRITE, staff=True)
def delivery_csv() -> ResponseReturnValue:
    return csv_of("delivery", queries.delivery_methods(), AS_CSV)


@bp.route("/delivery/new", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def new_delivery_method() -> ResponseReturnValue:
    form = DeliveryForm.of(None, today=today())
    if form.validate_on_submit():
        with form.showing_refusals():
            made = service.create(form.terms(), by=viewer())
            flash(f"{made.name} added", "good")
            return redirect(url_for(".delivery"), code=303)
    return form.page("catalogue/admin/delivery_method.html", method=None)


@bp.route("/delivery/<int:method_id>", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def delivery_method(method_id: int) -> ResponseReturnValue:
    form = DeliveryForm.of(queries.delivery_method(method_id), today=today())
    if form.validate_on_submit():
        with form.showing_refusals():
            changed = service.edit(method_id, form.terms(), version=form.seen_version, by=viewer())
            flash(f"{changed.name} saved", "good")
            return redirect(url_for(".delivery"), code=303)
    found = queries.delivery_method(method_id)
    form.compare_with(found, weekdays=[str(day) for day in found.weekdays])
    return form.page("catalogue/admin/delivery_method.html", method=found)


@bp.route("/delivery/<int:method_id>/remove", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def remove_delivery_method(method_id: int) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.delivery_method(method_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            gone = service.remove(method_id, version=form.seen_version, by=viewer(), at=clock.now())
            flash(f"{gone.name} deleted", "good")
            return redirect(url_for(".delivery"), code=303)
    found = queries.delivery_method(method_id)
    form.compare_with(found)
    return form.page("catalogue/admin/delivery_method_remove.html", method=found)


@bp.post("/delivery/closed-days")
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def close_day() -> ResponseReturnValue:
    form = ClosedDayForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.close(form.day.data, reason=form.reason.data, today=today(), by=viewer())
            flash("Nothing is delivered on this day", "good")
            return redirect(url_for(".delivery"), code=303)
    return _page(form)


@bp.post("/delivery/closed-days/<int:closed_day_id>/remove")
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def open_day(closed_day_id: int) -> ResponseReturnValue:
    service.open_again(closed_day_id, by=viewer())
    flash("The day is open again", "good")
    return redirect(url_for(".delivery"), code=303)


def _page(form: Form) -> ResponseReturnValue:
    """Each method with the days that somebody who orders now is offered."""
    methods, closed = queries.delivery_methods(), queries.closed_days(today())
    asked: dict[str, Any] = {"ordered_at": clock.now(), "zone": business().time_zone, "most": NEXT_FEW}
    days = {one.id: days_offered(one, closed={day.day for day in closed}, **asked) for one in methods}
    shown = {"methods": methods, "closed": closed, "days": days, "weekday_words": weekday_words}
    return form.page("catalogue/admin/delivery.html", **shown)
