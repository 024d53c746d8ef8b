"""Invoices, for programs: staff see all, buyers and keys of a customer that customer's own."""

from dataclasses import replace
from typing import Any

from app.billing.papers import taxes_of
from app.billing.queries import for_programs
from app.billing.schemas import InvoiceOut, InvoicePage, InvoicesAsked
from app.core.access import Permission
from app.core.business import today
from app.core.paging import NumberedPage
from app.web.access import requires, viewer
from app.web.api import api
from app.web.mails import address_of


@api.get("/invoices", query=InvoicesAsked, answer=InvoicePage)
@requires(Permission.ORDERS_READ)
def list_invoices(query: InvoicesAsked) -> NumberedPage[Any]:
    """List invoices and credit notes, the newest first."""
    found = for_programs.invoices_paged(viewer(), on=today(), **query.model_dump())
    return replace(found, items=[_told(row) for row in found.items])


@api.get("/invoices/<number>", answer=InvoiceOut)
@requires(Permission.ORDERS_READ)
def show_invoice(number: str) -> dict[str, Any]:
    """Show one invoice or credit note."""
    return _told(for_programs.invoice_told_to(viewer(), number))


def _told(row: dict[str, Any]) -> dict[str, Any]:
    page = "money.pdf" if viewer().is_staff else "billing.pdf"
    return row | {"taxes": taxes_of(row["lines"]), "pdf_url": address_of(page, number=row["number"])}
