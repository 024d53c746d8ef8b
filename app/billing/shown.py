"""One invoice as the pages of buyers and of the desk show it, and lists of them as a file."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.billing.models import DocumentKind, Invoice
from app.billing.queries.papers import paper_kept
from app.billing.queries.settled import credit_notes_of
from app.billing.service import papers
from app.billing.words import state_of
from app.core.business import today
from app.web.csv import Columns
from app.web.parts import files

AS_CSV: Columns = {
    "Number": "number",
    "What": lambda row: DocumentKind(row.kind).word,
    "Date": "issued_on",
    "Due": "due_on",
    "Order": "order_number",
    "Reference": "po_number",
    "Net": "net",
    "VAT": "tax",
    "Rounding": "rounding",
    "Total": "total",
    "Open": "open",
    "Currency": "currency",
    "State": lambda row: state_of(row, today()).word,
}


class _Left(NamedTuple):
    """What words about its state go by."""

    kind: str
    due_on: date
    total: Decimal
    open: Decimal
    credited: Decimal


def page_of_paper(template: str, invoice: Invoice, **more: Any) -> ResponseReturnValue:
    notes = [] if invoice.is_credit_note else credit_notes_of(invoice.id)
    balance, credited = invoice.balance, sum((note.total for note in notes), Decimal())
    left = _Left(invoice.kind, balance.due_on, balance.total, balance.open, credited)
    return render_template(
        template,
        invoice=invoice,
        paper=papers.paper_for(invoice),
        state=state_of(left, today()),
        credit_notes=notes,
        kept=paper_kept(invoice.id),
        **more,
    )


def pdf_or_page(invoice: Invoice) -> ResponseReturnValue:
    """The file; where it is not made yet, this asks for it, and the page says when it is there."""
    content = papers.pdf_kept(invoice.id, files())
    if content is None:
        papers.ask(invoice.id)
        return redirect(url_for(".invoice", number=invoice.number), code=303)
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return response
