"""Shipments, and what comes back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Edited, Model, Record


class ShipmentStatus(StrEnum):
    PICKING = "picking"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


OPEN = (ShipmentStatus.PICKING, ShipmentStatus.PACKED)


class PaperKind(StrEnum):
    PACKING_SLIP = "packing_slip"
    PICK_LIST = "pick_list"


class ReturnStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    RECEIVED = "received"
    CLOSED = "closed"
    REJECTED = "rejected"


class Shipment(Edited, Record):
    """A part of an order, or all of it, on its way. Its number is the order's, a stroke and its place."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("order_id", "place"),
        Index(
            "uq_shipment_open",
            "order_id",
            unique=True,
            postgresql_where=text("status IN ('picking', 'packed')"),
        ),
        Index("ix_shipment_in_progress", "status", "id", postgresql_where=text("status <> 'delivered'")),
        CheckConstraint(
            "status IN ('picking', 'packed', 'shipped', 'delivered', 'cancelled')", name="status"
        ),
        CheckConstraint("status NOT IN ('shipped', 'delivered') OR shipped_at IS NOT NULL", name="shipped"),
        CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name="delivered"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    place: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[ShipmentStatus] = mapped_column(String(9), default=ShipmentStatus.PICKING)
    picker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    picker_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    carrier: Mapped[str] = mapped_column(String(60), default="", server_default="")
    tracking: Mapped[str] = mapped_column(String(80), default="", server_default="")
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    items: Mapped[list["ShipmentItem"]] = relationship(lazy="raise", order_by="ShipmentItem.id")

    def __str__(self) -> str:
        return f"shipment {self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class ShipmentItem(Model):
    """So many of one line: planned when the shipment was opened, picked when it was packed."""

    __tablename__ = "shipment_item"
    __table_args__ = (
        UniqueConstraint("shipment_id", "order_item_id"),
        CheckConstraint("planned > 0", name="planned"),
        CheckConstraint("picked BETWEEN 0 AND planned", name="picked"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_item.id"), index=True)
    planned: Mapped[int]
    picked: Mapped[int | None]


class ShipmentPaper(Record):
    """A PDF that somebody asked for, and the version of the shipment that it shows.

    Without a file it is being made, or the problem says why it cannot be; with one, what it does not show.
    """

    __tablename__ = "shipment_paper"
    __table_args__ = (
        UniqueConstraint("shipment_id", "kind"),
        CheckConstraint("kind IN ('packing_slip', 'pick_list')", name="kind"),
    )

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    kind: Mapped[PaperKind] = mapped_column(String(12))
    version: Mapped[int]
    file: Mapped[str | None] = mapped_column(String(64), index=True)
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")


class Return(Edited, Record):
    """What a customer sends back: asked for, decided on, and received."""

    __tablename__ = "return"
    __table_args__ = (
        UniqueConstraint("order_id", "place"),
        Index("ix_return_created_at_id", "created_at", "id"),
        Index(
            "ix_return_in_progress",
            "status",
            "id",
            postgresql_where=text("status IN ('requested', 'approved', 'received')"),
        ),
        CheckConstraint(
            "status IN ('requested', 'approved', 'received', 'closed', 'rejected')", name="status"
        ),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    place: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    status: Mapped[ReturnStatus] = mapped_column(String(9), default=ReturnStatus.REQUESTED)
    reason: Mapped[str] = mapped_column(String(500))
    decision: Mapped[str] = mapped_column(String(200), default="", server_default="")
    requested_by: Mapped[str] = mapped_column(String(40))
    requested_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    items: Mapped[list["ReturnItem"]] = relationship(lazy="raise", order_by="ReturnItem.id")

    def __str__(self) -> str:
        return f"return {self.number}"


class ReturnItem(Model):
    """So many of one line; `received` came, `restocked` of them went back on the shelf."""

    __tablename__ = "return_item"
    __table_args__ = (
        UniqueConstraint("return_id", "order_item_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("received BETWEEN 0 AND quantity", name="received"),
        CheckConstraint("restocked BETWEEN 0 AND received", name="restocked"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("return.id"))
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_item.id"), index=True)
    quantity: Mapped[int]
    received: Mapped[int | None]
    restocked: Mapped[int | None]
