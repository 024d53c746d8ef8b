"""Addresses of a customer, as the desk looks after them: on the pages that its own people have."""

from flask import url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.customers.admin.blueprint import bp
from app.customers.pages.addresses import adding, editing, removing
from app.customers.queries.customers import customer_seen_by
from app.web.access import requires, viewer
from app.web.idempotency import once


@bp.route("/desk/customers/<code>/addresses/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def new_address(code: str) -> ResponseReturnValue:
    return adding(customer_seen_by(viewer(), code), back=url_for(".customer", code=code))


@bp.route("/desk/customers/<code>/addresses/<int:address_id>", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def edit_address(code: str, address_id: int) -> ResponseReturnValue:
    return editing(customer_seen_by(viewer(), code), address_id, back=url_for(".customer", code=code))


@bp.route("/desk/customers/<code>/addresses/<int:address_id>/remove", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def remove_address(code: str, address_id: int) -> ResponseReturnValue:
    return removing(customer_seen_by(viewer(), code), address_id, back=url_for(".customer", code=code))
