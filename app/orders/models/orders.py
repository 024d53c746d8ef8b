"""Orders and their items, with the prices, the address and the words agreed when they were placed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    Sequence,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Edited, Model, Record
from app.orders.states import HOLDS_STOCK, Channel, HoldReason, OpenShipment, OrderStatus, PaymentMethod

LONGEST_PO, LONGEST_NOTES, LONGEST_REASON = 40, 500, 200
MOST_ITEMS = 100
MOST_MONEY = Decimal("9999999999.99")  # what the columns of an order can hold

order_numbers = Sequence("order_number", start=10001)


class Order(Edited, Record):
    """What a customer asked for, at the prices agreed when they asked.

    `open_shipment`, `shipments_sent` and `invoiced` belong to fulfilment, which moves them in its own
    transactions: the rules of this feature need them, and never ask upward.
    """

    __tablename__ = "order"
    __table_args__ = (
        UniqueConstraint("customer_id", "submission_key"),
        UniqueConstraint("customer_id", "po_key"),
        Index("ix_order_in_progress", "status", "id", postgresql_where=text("status <> 'delivered'")),
        Index(
            "ix_order_exposure",
            "customer_id",
            postgresql_where=text("status IN ('pending', 'confirmed', 'shipped')"),
        ),
        Index(
            "ix_order_open",
            "id",
            postgresql_include=[
                *("status", "hold_reason", "open_shipment", "shipments_sent", "promised_on", "created_at")
            ],
            postgresql_where=text("status IN ('pending', 'confirmed')"),
        ),
        Index("ix_order_customer_id_id", "customer_id", "id"),
        Index("ix_order_business_date_id", "business_date", "id"),
        Index("ix_order_promised_on_id", "promised_on", "id"),
        Index(
            "ix_order_payment_method_id",
            "payment_method",
            "id",
            postgresql_where=text("payment_method <> 'account'"),  # on account, it is nearly all of them
        ),
        Index(
            "ix_order_po_number",
            text("lower(po_number) text_pattern_ops"),
            postgresql_where=text("po_number <> ''"),
        ),
        CheckConstraint(
            "status IN ('pending', 'confirmed', 'shipped', 'delivered', 'cancelled')", name="status"
        ),
        CheckConstraint("hold_reason IN ('credit', 'payment', 'stock', 'staff')", name="hold_reason"),
        CheckConstraint(
            "hold_reason IS NULL OR (status IN ('pending', 'confirmed') AND open_shipment IS NULL)",
            name="hold",
        ),
        CheckConstraint("channel IN ('web', 'staff', 'api', 'import')", name="channel"),
        CheckConstraint("payment_method IN ('account', 'card', 'transfer')", name="payment_method"),
        CheckConstraint("open_shipment IN ('picking', 'packed')", name="open_shipment"),
        CheckConstraint("open_shipment IS NULL OR status = 'confirmed'", name="open_only_when_confirmed"),
        CheckConstraint("shipments_sent = 0 OR status <> 'pending'", name="sent_only_when_confirmed"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("status NOT IN ('shipped', 'delivered') OR shipped_at IS NOT NULL", name="shipped"),
        CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name="delivered"),
        CheckConstraint("subtotal_net >= 0 AND delivery_net >= 0 AND tax_total >= 0", name="money"),
    )

    number: Mapped[int] = mapped_column(BigInteger, server_default=order_numbers.next_value(), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    buyer_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    placed_by: Mapped[str] = mapped_column(String(40))
    placed_by_name: Mapped[str] = mapped_column(String(200))
    channel: Mapped[Channel] = mapped_column(String(6))
    submission_key: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[OrderStatus] = mapped_column(String(10), default=OrderStatus.PENDING)
    hold_reason: Mapped[HoldReason | None] = mapped_column(String(8))
    hold_note: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    open_shipment: Mapped[OpenShipment | None] = mapped_column(String(8))
    shipments_sent: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    po_number: Mapped[str] = mapped_column(String(LONGEST_PO), default="", server_default="")
    po_key: Mapped[str | None] = mapped_column(String(LONGEST_PO))
    notes: Mapped[str] = mapped_column(String(LONGEST_NOTES), default="", server_default="")
    deliver_to: Mapped[dict[str, Any]] = mapped_column(JSONB)
    bill_to: Mapped[dict[str, Any]] = mapped_column(JSONB)
    address_id: Mapped[int | None] = mapped_column(BigInteger)
    delivery_method_id: Mapped[int | None] = mapped_column(ForeignKey("delivery_method.id"))
    delivery_method: Mapped[str] = mapped_column(String(60), default="", server_default="")
    delivery_tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 4), default=0, server_default="0")
    promised_on: Mapped[date | None]
    payment_method: Mapped[PaymentMethod] = mapped_column(String(8))
    terms: Mapped[str] = mapped_column(String(8))
    authorise_by: Mapped[datetime | None]
    currency: Mapped[str] = mapped_column(String(3))
    line_count: Mapped[int] = mapped_column(SmallInteger)
    subtotal_net: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    delivery_net: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    tax_total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    total: Mapped[Decimal] = mapped_column(
        Numeric(12, 2), Computed("subtotal_net + delivery_net + tax_total", persisted=True)
    )
    invoiced: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    business_date: Mapped[date]
    confirmed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")

    items: Mapped[list["OrderItem"]] = relationship(lazy="raise", order_by="OrderItem.line")
    taxes: Mapped[list["OrderTax"]] = relationship(
        lazy="raise", order_by="OrderTax.rate.desc()", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return f"order {self.number}"

    @property
    def word(self) -> str:
        return OrderStatus(self.status).word

    @property
    def holds_stock(self) -> bool:
        return self.status in HOLDS_STOCK

    def confirm(self, at: datetime) -> None:
        self.status, self.confirmed_at = OrderStatus.CONFIRMED, at

    def hold(self, reason: HoldReason, note: str) -> None:
        self.hold_reason, self.hold_note = reason, note

    def release(self) -> None:
        self.hold_reason, self.hold_note = None, ""

    def ship(self, at: datetime) -> None:
        """Nothing is left to send."""
        self.status, self.shipped_at = OrderStatus.SHIPPED, at
        self.hold_reason, self.hold_note = None, ""

    def deliver(self, at: datetime) -> None:
        self.status, self.delivered_at = OrderStatus.DELIVERED, at

    def cancel(self, at: datetime, reason: str) -> None:
        """Nothing is charged any more, and its reference can be used for another."""
        self.status, self.cancelled_at, self.cancel_reason = OrderStatus.CANCELLED, at, reason
        self.hold_reason, self.hold_note, self.po_key = None, "", None
        for item in self.items:
            item.quantity_cancelled = item.quantity


class OrderItem(Record):
    """One line: the product as it was called and priced then, and how much of it has gone which way."""

    __tablename__ = "order_item"
    __table_args__ = (
        UniqueConstraint("order_id", "line"),
        UniqueConstraint("order_id", "product_id"),
        Index("ix_order_item_product_id_order_id", "product_id", "order_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("line BETWEEN 1 AND 100", name="line"),
        CheckConstraint(
            "quantity_planned >= 0 AND quantity_cancelled >= 0 AND quantity_shipped >= 0 "
            "AND quantity_cancelled + quantity_planned + quantity_shipped <= quantity",
            name="quantities",
        ),
        CheckConstraint("quantity_returned BETWEEN 0 AND quantity_shipped", name="returned"),
        CheckConstraint("unit_price >= 0 AND list_price >= 0", name="price"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    line: Mapped[int] = mapped_column(SmallInteger)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    sku: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    unit_label: Mapped[str] = mapped_column(String(60), default="", server_default="")
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    quantity: Mapped[int]
    quantity_planned: Mapped[int] = mapped_column(default=0, server_default="0")
    quantity_cancelled: Mapped[int] = mapped_column(default=0, server_default="0")
    quantity_shipped: Mapped[int] = mapped_column(default=0, server_default="0")
    quantity_returned: Mapped[int] = mapped_column(default=0, server_default="0")
    list_price: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    price_source: Mapped[dict[str, Any]] = mapped_column(JSONB)
    line_net: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    line_tax: Mapped[Decimal] = mapped_column(Numeric(12, 2))

    @property
    def wanted(self) -> int:
        """What is charged: all that was not cancelled."""
        return self.quantity - self.quantity_cancelled

    @property
    def held(self) -> int:
        """What stock keeps for it."""
        return self.wanted - self.quantity_shipped

    @property
    def unplanned(self) -> int:
        """What no shipment has taken up yet."""
        return self.held - self.quantity_planned


class OrderTax(Model):
    """All that is taxed at one rate, delivery included."""

    __tablename__ = "order_tax"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 4), primary_key=True)
    net: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    tax: Mapped[Decimal] = mapped_column(Numeric(12, 2))
