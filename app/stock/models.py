"""One row for each product with stock, and the ledger it must agree with."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Edited, Model, Record

MOST = 10_000_000  # of one product; whoever types more has slipped


class MovementKind(StrEnum):
    RECEIVE = "receive"
    ADJUST = "adjust"
    COUNT = "count"
    SHIP = "ship"
    RETURN = "return"
    IMPORT = "import"


class StockItem(Edited, Record):
    """Made by a product's first movement or limit; where there is none, everything reads as zero.

    The version counts what people set (the limits, the day), not what sales and movements do to the figures.
    """

    __tablename__ = "stock_item"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("backorder_limit >= 0", name="backorder_limit"),
        CheckConstraint("low_at >= 0", name="low_at"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), unique=True)
    on_hand: Mapped[int] = mapped_column(default=0, server_default="0")
    reserved: Mapped[int] = mapped_column(default=0, server_default="0")
    backorder_limit: Mapped[int] = mapped_column(default=0, server_default="0")
    low_at: Mapped[int | None]
    back_on: Mapped[date | None]
    low_noticed_at: Mapped[datetime | None]  # somebody was told; forgotten when there is enough again

    @hybrid_property
    def available(self) -> int:
        """Below zero: more is promised than there is. In the words of the table's statistics."""
        return self.on_hand - self.reserved

    @hybrid_property
    def sellable(self) -> int:
        return self.available + self.backorder_limit


class StockMovement(Model):
    """Why on_hand is what it is. Rows are added, never changed."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_stock_movement_product_id_id", "product_id", "id"),
        CheckConstraint("kind IN ('receive', 'adjust', 'count', 'ship', 'return', 'import')", name="kind"),
        CheckConstraint("balance_after >= 0", name="balance_after"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    delta: Mapped[int]
    kind: Mapped[MovementKind] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    ref: Mapped[str] = mapped_column(String(40), default="", server_default="")
    balance_after: Mapped[int]
    actor: Mapped[str] = mapped_column(String(40))
    actor_name: Mapped[str] = mapped_column(String(200))
