"""Invoices and credit notes, reached through whoever asks."""

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.billing.models import Invoice
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound

UNKNOWN = "We cannot find that invoice."


def invoices_seen_by(viewer: Viewer) -> Select[Invoice]:
    """The papers this person may know about: every other query starts here."""
    found = select(Invoice)
    return found if viewer.is_staff else found.where(Invoice.customer_id == viewer.customer_id)


def invoice_seen_by(viewer: Viewer, number: str) -> Invoice:
    """With its lines and its balance."""
    question = invoices_seen_by(viewer).where(Invoice.number == number)
    found = db.session.scalars(
        question.options(selectinload(Invoice.lines), selectinload(Invoice.balance))
    ).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found
