"""All invoices and credit notes: the list, each as it was issued, and what paid it."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.admin.blueprint import bp
from app.billing.aged import AGES
from app.billing.models import DocumentKind
from app.billing.queries import listed, settled
from app.billing.queries.invoices import invoice_seen_by
from app.billing.queries.listed import Sought
from app.billing.shown import AS_CSV, page_of_paper, pdf_or_page
from app.billing.words import InvoiceState, state_of
from app.core.access import Permission
from app.core.business import today
from app.web.access import requires, viewer
from app.web.csv import csv_of
from app.web.listing import Asked, Listing, asked

STATES = {
    "": "All",
    InvoiceState.OPEN.value: "To be paid",
    InvoiceState.OVERDUE.value: "Overdue",
    InvoiceState.PAID.value: "Paid",
    InvoiceState.CREDIT.value: "Credit left",
}
KINDS = {kind.value: f"{kind.word}s" for kind in DocumentKind}
IN_A_FILE = {"Customer code": "customer_code", "Customer": "customer"} | dict(AS_CSV)


@bp.get("/invoices")
@requires(Permission.ORDERS_READ, staff=True)
def invoices() -> ResponseReturnValue:
    wanted = _wanted()
    page = listed.invoices_listed(viewer(), _sought(wanted), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "invoices", one="invoice")
    words = {"states": STATES, "kinds": KINDS, "ages": AGES}
    return render_template(
        "billing/admin/invoices.html", listing=listing, **words, state_of=state_of, on=today()
    )


@bp.get("/invoices.csv")
@requires(Permission.ORDERS_READ, staff=True)
def invoices_csv() -> ResponseReturnValue:
    return csv_of("invoices", listed.every_invoice(viewer(), _sought(_wanted())), IN_A_FILE)


@bp.get("/invoices/<number>")
@requires(Permission.ORDERS_READ, staff=True)
def invoice(number: str) -> ResponseReturnValue:
    found = invoice_seen_by(viewer(), number)
    what_paid = settled.what_it_paid if found.is_credit_note else settled.what_paid
    return page_of_paper("billing/admin/invoice.html", found, moved=what_paid(found.id))


@bp.get("/invoices/<number>.pdf")
@requires(Permission.ORDERS_READ, staff=True)
def pdf(number: str) -> ResponseReturnValue:
    return pdf_or_page(invoice_seen_by(viewer(), number))


def _wanted() -> Asked:
    return asked("state", "kind", "customer", "age", sorts=("",))


def _sought(wanted: Asked) -> Sought:
    return Sought(on=today(), **wanted.filters)
