"""Invoices as papers: put together for the page, asked for as PDF, and kept once they are made."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from app.billing.models import Invoice
from app.billing.papers import Paper, paper_of
from app.billing.queries import papers
from app.core import outbox
from app.core.errors import NotFound
from app.core.files import FileStore
from app.core.transaction import use_case

LONGEST_PROBLEM = 200


class Content(NamedTuple):
    """What a PDF is made of: the same row makes the same file, whenever that is."""

    values: dict[str, Any]
    at: datetime


def paper_for(invoice: Invoice) -> Paper:
    """A credit note names the invoice that it credits."""
    return paper_of(invoice, credited=papers.number_of(invoice.credits_id) if invoice.credits_id else "")


def content_of(invoice: Invoice) -> Content:
    return Content(asdict(paper_for(invoice)), invoice.created_at)


def pdf_kept(invoice_id: int, files: FileStore) -> bytes | None:
    """None where it is not made yet, or lost since; then it has to be asked for."""
    paper = papers.paper_kept(invoice_id)
    if paper is None or paper.file is None:
        return None
    try:
        with files.open(paper.file) as kept:
            return kept.read()
    except NotFound:
        return None


@use_case
def ask(invoice_id: int) -> None:
    """Made by the worker; asked for twice, it is made once."""
    paper = papers.paper_kept(invoice_id)
    if papers.begin(invoice_id, lost=(paper and paper.file) or ""):
        outbox.promise("billing.make_pdf", invoice_id=invoice_id)


@use_case
def keep(invoice_id: int, file: str, *, problem: str = "") -> None:
    """The problem says what it does not show."""
    papers.keep(invoice_id, file, problem=problem[:LONGEST_PROBLEM])


@use_case
def refuse(invoice_id: int, *, problem: str) -> None:
    papers.refuse(invoice_id, problem=problem[:LONGEST_PROBLEM])
