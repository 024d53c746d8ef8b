"""Trade applications that wait for an answer: yes with the terms, or no with the reason."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import CustomerStatus
from app.accounts.queries import administration
from app.accounts.queries.people import first_buyer_of
from app.core import clock
from app.core.access import Permission
from app.customers.admin.blueprint import bp
from app.customers.forms import ApprovalForm, RefusalForm
from app.customers.queries.customers import applicant
from app.customers.service import applications as service
from app.web.access import requires, viewer
from app.web.idempotency import once

ANSWERED = "{} is not waiting for an answer any more"


@bp.get("/admin/applications")
@requires(Permission.CUSTOMERS_WRITE, staff=True)
def applications() -> ResponseReturnValue:
    return render_template("customers/applications.html", waiting=administration.applications())


@bp.route("/admin/applications/<int:customer_id>/approve", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def approve(customer_id: int) -> ResponseReturnValue:
    customer = applicant(viewer(), customer_id)
    if customer.status != CustomerStatus.APPLIED:  # a colleague was faster: that is news, not an error
        return _answered(customer.name)
    form = ApprovalForm.of(customer)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.approve(customer_id, **form.terms(), by=viewer(), at=clock.now())
            flash(f"{customer.name} can order now, and knows it by email", "good")
            return redirect(url_for(".applications"), code=303)
    return form.page("customers/approve.html", customer=customer, buyer=first_buyer_of(customer_id))


@bp.route("/admin/applications/<int:customer_id>/refuse", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def refuse(customer_id: int) -> ResponseReturnValue:
    customer, form = applicant(viewer(), customer_id), RefusalForm()
    if customer.status != CustomerStatus.APPLIED:
        return _answered(customer.name)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.refuse(customer_id, reason=form.reason.data, by=viewer(), at=clock.now())
            flash(f"{customer.name} is refused, and knows it by email", "good")
            return redirect(url_for(".applications"), code=303)
    return form.page("customers/refuse.html", customer=customer, buyer=first_buyer_of(customer_id))


def _answered(name: str) -> ResponseReturnValue:
    flash(ANSWERED.format(name), "warn")
    return redirect(url_for(".applications"), code=303)
