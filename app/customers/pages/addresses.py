"""The doors of a company, kept by whoever runs its account; the desk keeps them on the same pages."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer
from app.core import clock
from app.core.access import Permission
from app.customers.forms import AddressForm
from app.customers.pages.blueprint import bp
from app.customers.queries import addresses as queries
from app.customers.queries.customers import own_customer
from app.customers.service import addresses as service
from app.web.access import requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once


@bp.route("/addresses/new", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, buyers=True)
@once
def new_address() -> ResponseReturnValue:
    return adding(own_customer(viewer()), back=url_for(".company"))


@bp.route("/addresses/<int:address_id>", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, buyers=True)
@once
def edit_address(address_id: int) -> ResponseReturnValue:
    return editing(own_customer(viewer()), address_id, back=url_for(".company"))


@bp.route("/addresses/<int:address_id>/remove", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, buyers=True)
@once
def remove_address(address_id: int) -> ResponseReturnValue:
    return removing(own_customer(viewer()), address_id, back=url_for(".company"))


def adding(owner: Customer, *, back: str) -> ResponseReturnValue:
    form = AddressForm.of()
    if form.validate_on_submit():
        with form.showing_refusals():
            address = service.add(owner.id, **form.door(), by=viewer())
            flash(f"{address.label} is added", "good")
            return redirect(back, code=303)
    return form.page("customers/address.html", address=None, back=back, owner=owner)


def editing(owner: Customer, address_id: int, *, back: str) -> ResponseReturnValue:
    form = AddressForm.of(queries.address_seen_by(viewer(), owner.id, address_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            service.edit(owner.id, address_id, **form.door(), version=form.seen_version, by=viewer())
            flash("Changes saved", "good")
            return redirect(back, code=303)
    address = queries.address_seen_by(viewer(), owner.id, address_id)
    form.compare_with(address)
    return form.page("customers/address.html", address=address, back=back, owner=owner)


def removing(owner: Customer, address_id: int, *, back: str) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.address_seen_by(viewer(), owner.id, address_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            service.remove(owner.id, address_id, version=form.seen_version, by=viewer(), at=clock.now())
            flash("The address is removed", "good")
            return redirect(back, code=303)
    address = queries.address_seen_by(viewer(), owner.id, address_id)
    form.compare_with(address)
    return form.page("customers/address_remove.html", address=address, back=back, owner=owner)
