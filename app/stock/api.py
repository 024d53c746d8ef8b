"""Stock, for programs: figures for staff, a word for buyers."""

from dataclasses import replace
from typing import Any

from app.catalogue.queries.products import product_seen_by
from app.core.access import Permission
from app.core.business import today
from app.core.paging import NumberedPage
from app.stock import service
from app.stock.queries import standing
from app.stock.schemas import MovementMade, StockAsked, StockMoved, StockOut, StockPage
from app.stock.shelf import Shelf
from app.stock.words import StockState, stock_word
from app.web.access import requires, viewer
from app.web.api import api
from app.web.idempotency import idempotent


@api.get("/stock", query=StockAsked, answer=StockPage)
@requires(Permission.ORDERS_READ)
def list_stock(query: StockAsked) -> NumberedPage[Any]:
    """List stock. Staff see figures, buyers a state."""
    found = standing.stock_paged(viewer(), **query.model_dump())
    return replace(found, items=[_told(row) for row in found.items])


@api.get("/stock/<sku>", answer=StockOut)
@requires(Permission.ORDERS_READ)
def show_stock(sku: str) -> StockOut:
    """Show the stock of one product."""
    return _told(standing.stock_of(viewer(), sku))


@api.post("/stock/<sku>/movements", body=MovementMade, answer=StockMoved, status=201)
@requires(Permission.STOCK_WRITE, staff=True)
@idempotent
def move_stock(sku: str, body: MovementMade) -> StockMoved:
    """Receive, adjust or count.

    A count is written down as the difference to what stands at that moment, so sales meanwhile are not lost.
    """
    product = product_seen_by(viewer(), sku)
    movement = service.MOVES[body.kind](product.id, body.amount(), reason=body.reason, by=viewer())
    return StockMoved(movement=movement, stock=_told(standing.stock_of(viewer(), sku)))


def _told(row: Any) -> StockOut:
    shelf = Shelf.of(row)
    state = stock_word(shelf, today()).state
    if viewer().is_staff:
        figures = shelf._asdict() | {"available": shelf.available, "sellable": shelf.sellable}
        return StockOut(sku=row.sku, state=state, **figures)
    return StockOut(sku=row.sku, state=state, back_on=shelf.back_on if state == StockState.BACK else None)
