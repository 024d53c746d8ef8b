"""Trade applications that wait for an answer."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin.blueprint import bp
from app.accounts.queries import administration
from app.accounts.service import applications as service
from app.core import clock
from app.core.access import Permission
from app.core.errors import Refused
from app.web.access import requires, viewer
from app.web.idempotency import once


@bp.get("/applications")
@requires(Permission.USERS_WRITE, staff=True)
def applications() -> ResponseReturnValue:
    return render_template("accounts/admin/applications.html", waiting=administration.applications())


@bp.post("/applications/<int:customer_id>/approve")
@requires(Permission.USERS_WRITE, staff=True)
@once
def approve(customer_id: int) -> ResponseReturnValue:
    try:
        customer = service.approve(customer_id, by=viewer(), at=clock.now())
    except Refused as refusal:  # a colleague was faster: that is news, not an error
        flash(refusal.message, "warn")
    else:
        flash(f"{customer.name} can order now, and knows it by email", "good")
    return redirect(url_for(".applications"), code=303)
