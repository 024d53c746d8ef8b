"""Bank receipts, for programs: they pay invoices, and orders before they leave."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.billing.queries import receipts as queries
from app.core import clock
from app.core.access import Permission
from app.core.errors import named_as
from app.core.paging import NumberedPage
from app.orders.queries.prepaid import paid_by
from app.orders.schemas.receipts import (
    ReceiptMade,
    ReceiptOut,
    ReceiptPage,
    ReceiptsAsked,
    UseSent,
)
from app.orders.service import using_receipts
from app.web.access import requires, viewer
from app.web.api import api
from app.web.idempotency import idempotent


@api.get("/receipts", query=ReceiptsAsked, answer=ReceiptPage)
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def list_receipts(query: ReceiptsAsked) -> NumberedPage[Any]:
    """List bank receipts, the newest first."""
    found = queries.receipts_paged(
        customer=query.customer or "", is_unused=query.unused, page=query.page, page_size=query.page_size
    )
    return replace(found, items=_told(found.items))


@api.post("/receipts", body=ReceiptMade, answer=ReceiptOut, status=201, refusals=(404, 409))
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@idempotent
def record_receipt(body: ReceiptMade) -> dict[str, Any]:
    """Record a bank transfer that came in, and use it at once where you say for what."""
    facts = body.model_dump(include={"amount", "received_on", "reference", "note"})
    allocated = None if body.is_suggested else _amounts(body.uses)
    places = reversed(list(enumerate(body.uses)))
    with named_as({f"pays.{use.name}": f"allocate.{number}.amount" for number, use in places}):
        made = using_receipts.record(body.customer, **facts, allocated=allocated, by=viewer(), at=clock.now())
    return show_receipt(made.id)


@api.get("/receipts/<int:receipt_id>", answer=ReceiptOut)
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def show_receipt(receipt_id: int) -> dict[str, Any]:
    """Show one bank receipt, and what it paid."""
    [told] = _told([queries.receipt_shown(receipt_id)])
    return told


def _amounts(uses: Iterable[UseSent]) -> dict[str, Decimal]:
    """The same one twice is so much more of it."""
    amounts: dict[str, Decimal] = {}
    for use in uses:
        amounts[use.name] = amounts.get(use.name, Decimal(0)) + use.amount
    return amounts


def _told(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Each with what it paid, asked for all of them at once."""
    receipts = [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name
    paid = paid_by([receipt["id"] for receipt in receipts])
    return [
        receipt | {"paid": [one for one in paid if one.receipt_id == receipt["id"]]} for receipt in receipts
    ]
