"""Customers: the list, one of them, adding one and changing one."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.happened import HAPPENED as TO_PEOPLE
from app.accounts.models import Customer
from app.catalogue.queries.prices import lists_that_may_decide
from app.core.access import Permission
from app.customers.admin.actions import actions_for
from app.customers.admin.blueprint import bp
from app.customers.forms import ChangedCustomerForm, CustomerForm
from app.customers.happened import HAPPENED
from app.customers.queries import addresses, people
from app.customers.queries import customers as queries
from app.customers.service import customers as service
from app.customers.words import STATUSES
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked

TABS = {"": "All"} | {str(status): word for status, word in STATUSES.items()} | {queries.DELETED: "Deleted"}
# An import knows these heads: a file that was taken out can go in again.
IN_A_FILE = {
    "Code": "code",
    "Name": "name",
    "Status": "status",
    "Phone": "phone",
    "Invoice email": "invoice_email",
    "Tax ID": "tax_id",
    "Tax treatment": "tax_treatment",
    "Payment terms": "payment_terms",
    "Credit limit": "credit_limit",
    "PO required": "po_required",
    "Min order net": "min_order_net",
    "Auto confirm": "auto_confirm",
    "Price list": "price_list",
    "Account manager": "manager_email",
    "Note": "note",
}


@bp.get("/desk/customers")
@requires(Permission.CUSTOMERS_READ, staff=True)
def customers() -> ResponseReturnValue:
    wanted = _wanted()
    page = queries.customers_listed(**_sought(wanted), after=wanted.after, before=wanted.before)
    return render_template(
        "customers/customers.html",
        listing=Listing(page, wanted, "customers", one="customer"),
        tabs=TABS,
        counts=queries.counts_by_status(),
        managers=queries.managers(),
    )


@bp.get("/desk/customers.csv")
@requires(Permission.CUSTOMERS_READ, staff=True)
def customers_csv() -> ResponseReturnValue:
    return csv_of("customers", queries.every_customer(**_sought(_wanted())), IN_A_FILE)


def _wanted() -> Asked:
    return asked("status", "manager", sorts=("name", "code", "since"))


def _sought(wanted: Asked) -> dict[str, Any]:
    manager = wanted["manager"]
    return {
        "q": wanted["q"],
        "status": wanted["status"],
        "manager_id": int(manager) if manager.isdecimal() and len(manager) < 19 else None,
        "sort": wanted.sort_name,
        "descending": wanted.is_descending,
    }


@bp.route("/desk/customers/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def new_customer() -> ResponseReturnValue:
    form = CustomerForm.of()
    if form.validate_on_submit():
        with form.showing_refusals():
            customer = service.create(**form.facts(), by=viewer())
            flash(f"{customer.name} is a customer now", "good")
            return redirect(url_for(".customer", code=customer.code), code=303)
    return form.page("customers/edit.html", customer=None)


@bp.get("/desk/customers/<code>")
@requires(Permission.CUSTOMERS_READ, staff=True)
def customer(code: str) -> ResponseReturnValue:
    return _page_about(queries.customer_seen_by(viewer(), code))


@bp.get("/desk/customers/deleted/<int:customer_id>")
@requires(Permission.CUSTOMERS_READ, staff=True)
def deleted_customer(customer_id: int) -> ResponseReturnValue:
    return _page_about(queries.customer_with_id(viewer(), customer_id))


def _page_about(found: Customer) -> ResponseReturnValue:
    return render_template(
        "customers/customer.html",
        customer=found,
        manager=queries.manager_of(found),
        price_lists=lists_that_may_decide(found),
        people=people.people_shown(found.id),
        addresses=addresses.addresses_of(viewer(), found.id),
        events=queries.last_events_about(found),
        happened=TO_PEOPLE | HAPPENED,
        actions=actions_for(found, viewer()),
        credit=current_app.extensions["credit_of"](found),
    )


@bp.route("/desk/customers/<code>/edit", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def edit(code: str) -> ResponseReturnValue:
    form = ChangedCustomerForm.of(queries.customer_seen_by(viewer(), code))
    if form.validate_on_submit():
        with form.showing_refusals():
            customer = service.edit(code, **form.facts(), version=form.seen_version, by=viewer())
            flash("Changes saved", "good")
            return redirect(url_for(".customer", code=customer.code), code=303)
    customer = queries.customer_seen_by(viewer(), code)
    form.compare_with(customer)
    return form.page("customers/edit.html", customer=customer)
