"""Addresses of a customer, as the desk looks after them."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.customers.admin.blueprint import bp
from app.customers.forms import AddressForm
from app.customers.queries import addresses as queries
from app.customers.queries.customers import customer_seen_by
from app.customers.service import addresses as service
from app.web.access import requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once


@bp.route("/desk/customers/<code>/addresses/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def new_address(code: str) -> ResponseReturnValue:
    form, customer = AddressForm.of(), customer_seen_by(viewer(), code)
    if form.validate_on_submit():
        with form.showing_refusals():
            address = service.add(customer.id, **form.door(), by=viewer())
            flash(f"{address.label} is added", "good")
            return redirect(url_for(".customer", code=code), code=303)
    return form.page("customers/address.html", address=None, back=_back(code), owner=customer)


@bp.route("/desk/customers/<code>/addresses/<int:address_id>", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def edit_address(code: str, address_id: int) -> ResponseReturnValue:
    customer = customer_seen_by(viewer(), code)
    form = AddressForm.of(queries.address_seen_by(viewer(), customer.id, address_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            service.edit(customer.id, address_id, **form.door(), version=form.seen_version, by=viewer())
            flash("Changes saved", "good")
            return redirect(url_for(".customer", code=code), code=303)
    address = queries.address_seen_by(viewer(), customer.id, address_id)
    form.compare_with(address)
    return form.page("customers/address.html", address=address, back=_back(code), owner=customer)


@bp.route("/desk/customers/<code>/addresses/<int:address_id>/remove", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def remove_address(code: str, address_id: int) -> ResponseReturnValue:
    customer = customer_seen_by(viewer(), code)
    form = VersionedForm(obj=queries.address_seen_by(viewer(), customer.id, address_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            service.remove(customer.id, address_id, version=form.seen_version, by=viewer(), at=clock.now())
            flash("The address is removed", "good")
            return redirect(url_for(".customer", code=code), code=303)
    address = queries.address_seen_by(viewer(), customer.id, address_id)
    form.compare_with(address)
    return form.page("customers/address_remove.html", address=address, back=_back(code), owner=customer)


def _back(code: str) -> str:
    return url_for(".customer", code=code)
