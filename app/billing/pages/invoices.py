"""A buyer's invoices: the list, each as it was issued, and its PDF."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.pages.blueprint import bp
from app.billing.queries import listed
from app.billing.queries.invoices import invoice_seen_by
from app.billing.queries.listed import Sought
from app.billing.shown import AS_CSV, page_of_paper, pdf_or_page
from app.billing.words import state_of
from app.core.access import Permission
from app.core.business import today
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.listing import Asked, Listing, asked

STATES = {"": "All", "open": "To pay", "overdue": "Overdue"}


@bp.get("/invoices")
@requires(Permission.ORDERS_READ, buyers=True)
def invoices() -> ResponseReturnValue:
    wanted = _wanted()
    page = listed.invoices_listed(viewer(), _sought(wanted), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "invoices", one="invoice")
    return render_template(
        "billing/invoices.html", listing=listing, states=STATES, state_of=state_of, on=today()
    )


@bp.get("/invoices.csv")
@requires(Permission.ORDERS_READ, buyers=True)
def invoices_csv() -> ResponseReturnValue:
    return csv_of("invoices", listed.every_invoice(viewer(), _sought(_wanted())), AS_CSV)


@bp.get("/invoices/<number>")
@requires(Permission.ORDERS_READ, buyers=True)
def invoice(number: str) -> ResponseReturnValue:
    return page_of_paper("billing/invoice.html", invoice_seen_by(viewer(), number))


@bp.get("/invoices/<number>.pdf")
@requires(Permission.ORDERS_READ, buyers=True)
def pdf(number: str) -> ResponseReturnValue:
    return pdf_or_page(invoice_seen_by(viewer(), number))


def _wanted() -> Asked:
    return asked("state", sorts=("",))


def _sought(wanted: Asked) -> Sought:
    state = wanted["state"] if wanted["state"] in STATES else ""
    return Sought(on=today(), q=wanted["q"], state=state)
