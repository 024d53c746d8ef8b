"""PDFs of invoices: what was asked for, and what is made."""

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.billing.models import Invoice, InvoicePaper
from app.core.database import db


def paper_kept(invoice_id: int) -> InvoicePaper | None:
    question = select(InvoicePaper).where(InvoicePaper.invoice_id == invoice_id)
    return db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()


def begin(invoice_id: int, *, lost: str = "") -> bool:
    """Whether it has to be made: nobody asked before, it could not be made then, or its file is `lost`."""
    new = insert(InvoicePaper).values(invoice_id=invoice_id)
    had_a_problem = InvoicePaper.file.is_(None) & (InvoicePaper.problem != "")
    again = new.on_conflict_do_update(
        index_elements=["invoice_id"],
        set_={"file": None, "problem": ""},
        where=or_(had_a_problem, InvoicePaper.file == lost),
    )
    return db.session.scalar(again.returning(InvoicePaper.id)) is not None


def keep(invoice_id: int, file: str, *, problem: str) -> None:
    made = {"file": file, "problem": problem}
    new = insert(InvoicePaper).values(invoice_id=invoice_id, **made)
    db.session.execute(new.on_conflict_do_update(index_elements=["invoice_id"], set_=made))


def refuse(invoice_id: int, *, problem: str) -> None:
    """Unless it was made meanwhile."""
    waiting = (InvoicePaper.invoice_id == invoice_id) & InvoicePaper.file.is_(None)
    db.session.execute(update(InvoicePaper).where(waiting).values(problem=problem))


def number_of(invoice_id: int) -> str:
    return db.session.execute(select(Invoice.number).where(Invoice.id == invoice_id)).scalar_one()
