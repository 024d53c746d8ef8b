"""Trade applications that wait for an answer: yes with the terms, or no with the reason."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import CustomerStatus
from app.accounts.queries.people import customer_seen_by, first_buyer_of
from app.core import clock
from app.core.access import Permission
from app.customers.admin.blueprint import bp
from app.customers.forms import ApprovalForm, RefusalForm
from app.customers.queries import applications as queries
from app.customers.service import applications as service
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.idempotency import once

IN_A_FILE = {
    "Code": "code",
    "Name": "name",
    "Phone": "phone",
    "Tax ID": "tax_id",
    "Buyer name": "buyer_name",
    "Buyer email": "buyer_email",
    "Confirmed": "email_verified_at",
    "Applied": "created_at",
}
ANSWERED = "{} is not waiting for an answer any more"


@bp.get("/admin/applications")
@requires(Permission.CUSTOMERS_WRITE, staff=True)
def applications() -> ResponseReturnValue:
    return render_template("customers/applications.html", waiting=queries.applications())


@bp.get("/admin/applications.csv")
@requires(Permission.CUSTOMERS_WRITE, staff=True)
def applications_csv() -> ResponseReturnValue:
    return csv_of("applications", queries.every_application(), IN_A_FILE)


@bp.route("/admin/applications/<int:customer_id>/approve", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def approve(customer_id: int) -> ResponseReturnValue:
    customer = customer_seen_by(viewer(), customer_id)
    if customer.status != CustomerStatus.APPLIED:  # a colleague was faster: that is news, not an error
        return _answered(customer.name)
    form = ApprovalForm.of(customer)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.approve(customer_id, **form.terms(), by=viewer(), at=clock.now())
            flash(f"{customer.name} can order now; an email tells them so", "good")
            return redirect(url_for(".applications"), code=303)
    return form.page("customers/approve.html", customer=customer, buyer=first_buyer_of(customer_id))


@bp.route("/admin/applications/<int:customer_id>/refuse", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def refuse(customer_id: int) -> ResponseReturnValue:
    customer, form = customer_seen_by(viewer(), customer_id), RefusalForm()
    if customer.status != CustomerStatus.APPLIED:
        return _answered(customer.name)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.refuse(customer_id, reason=form.reason.data, by=viewer(), at=clock.now())
            flash(f"{customer.name} is refused; an email tells them why", "good")
            return redirect(url_for(".applications"), code=303)
    return form.page("customers/refuse.html", customer=customer, buyer=first_buyer_of(customer_id))


def _answered(name: str) -> ResponseReturnValue:
    flash(ANSWERED.format(name), "warn")
    return redirect(url_for(".applications"), code=303)
