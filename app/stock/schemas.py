"""What programs send and are told about stock."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.core.errors import Refused
from app.stock.models import MOST, MovementKind
from app.stock.words import StockState
from app.web.schemas import Answer, Body, Line, Moment, Paged, Paging

FOR_STAFF = "Null for buyers."


class StockOut(Answer):
    sku: str
    state: StockState = Field(description="What buyers are told.")
    back_on: date | None = Field(description="Buyers hear of it while there is none.")
    on_hand: int | None = Field(None, description=FOR_STAFF)
    reserved: int | None = Field(None, description=FOR_STAFF)
    available: int | None = Field(None, description=f"on_hand − reserved. {FOR_STAFF}")
    sellable: int | None = Field(None, description=f"available + backorder_limit. {FOR_STAFF}")
    backorder_limit: int | None = Field(None, description=FOR_STAFF)
    low_at: int | None = Field(None, description=FOR_STAFF)


class StockPage(Paged[StockOut]):
    """One page of stock."""


class StockAsked(Paging):
    q: Annotated[Line, Field(max_length=120, description="A name, SKU, barcode or family.")] = ""
    sort: Literal["name", "-name", "sku", "-sku"] = "sku"


class MovementMade(Body):
    kind: Literal["receive", "adjust", "count"]
    delta: int | None = Field(None, ge=-MOST, le=MOST, description="How many came, or went (below zero).")
    counted: int | None = Field(None, ge=0, le=MOST, description="How many there are, with kind count.")
    reason: Annotated[Line, Field(max_length=200, description="Required with kind adjust.")] = ""

    def amount(self) -> int:
        """The one number that belongs to the kind."""
        ours, other = ("counted", "delta") if self.kind == "count" else ("delta", "counted")
        if getattr(self, other) is not None:
            raise Refused(f"With kind {self.kind}, send {ours} and not {other}.", field=other)
        amount: int | None = getattr(self, ours)
        if amount is None:
            raise Refused(f"“{ours}” is missing.", field=ours, code="missing")
        return amount


class MovementOut(Answer):
    id: int
    at: Moment
    kind: MovementKind
    delta: int
    balance_after: int
    reason: str
    ref: str


class StockMoved(Answer):
    movement: MovementOut
    stock: StockOut
