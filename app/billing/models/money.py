"""Money that came in and went out, and what each penny of it paid."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Edited, Model, Record

LONGEST_REFERENCE, LONGEST_NOTE = 80, 200


class PaymentStatus(StrEnum):
    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    VOIDED = "voided"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class RefundStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Receipt(Edited, Record):
    """A bank transfer that came in; `unused` of it has paid nothing yet. One entered by mistake is reversed."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_received_on_id", "received_on", "id"),
        Index("ix_receipt_customer_id_received_on", "customer_id", "received_on", "id"),
        Index(
            "ix_receipt_reversed",
            *("customer_id", "reversed_on"),
            postgresql_where=text("reversed_on IS NOT NULL"),
        ),
        Index(
            "ix_receipt_reference_letters",
            "reference",
            postgresql_using="gin",
            postgresql_ops={"reference": "gin_trgm_ops"},
        ),
        Index("ix_receipt_amount", "amount"),
        Index("ix_receipt_unused", "customer_id", postgresql_where=text("unused > 0")),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("unused BETWEEN 0 AND amount", name="unused"),
        CheckConstraint("reversed_at IS NULL OR unused = 0", name="reversed"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    unused: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(LONGEST_REFERENCE), default="", server_default="")
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="", server_default="")
    reversed_at: Mapped[datetime | None]
    reversed_on: Mapped[date | None]
    reversal_reason: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="", server_default="")

    def __str__(self) -> str:
        return f"receipt {self.id}"


class Payment(Record):
    """A card payment for an order, for an invoice, or on account; the gateway decides what becomes of it.

    Its amounts only grow: whatever order its news come in, they lead to the same row.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index(
            "uq_payment_under_way",
            "order_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'unknown')"),
        ),
        Index("ix_payment_order_id", "order_id"),
        Index("ix_payment_customer_id_captured_on", "customer_id", "captured_on", "id"),
        Index("ix_payment_unused", "customer_id", postgresql_where=text("unused > 0")),
        Index(
            "ix_payment_to_follow",
            "id",
            postgresql_where=text("status IN ('pending', 'authorised', 'unknown')"),
        ),
        CheckConstraint(
            "status IN ('pending', 'authorised', 'captured', 'failed', 'voided', 'part_refunded', 'refunded',"
            " 'unknown')",
            name="status",
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "0 <= refunded AND refunded <= captured AND captured <= amount AND authorised BETWEEN 0 AND amount",
            name="amounts",
        ),
        CheckConstraint("unused BETWEEN 0 AND captured", name="unused"),
        CheckConstraint("order_id IS NULL OR invoice_id IS NULL", name="purpose"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[PaymentStatus] = mapped_column(String(13), default=PaymentStatus.PENDING)
    authorised: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    captured: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    refunded: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    unused: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    gateway_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    session_ref: Mapped[str | None] = mapped_column(String(120), unique=True)
    card: Mapped[str] = mapped_column(String(40), default="", server_default="")
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    authorised_at: Mapped[datetime | None]
    captured_at: Mapped[datetime | None]
    captured_on: Mapped[date | None]
    void_asked_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]

    def __str__(self) -> str:
        return f"card payment {self.id}"


class Refund(Record):
    """Money that goes back: to the card it came from, or to the customer's bank."""

    __tablename__ = "refund"
    __table_args__ = (
        Index("ix_refund_customer_id_refunded_on", "customer_id", "refunded_on", "id"),
        Index("ix_refund_under_way", "id", postgresql_where=text("status = 'pending'")),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("status IN ('pending', 'done', 'failed')", name="status"),
        CheckConstraint("(status = 'done') = (refunded_on IS NOT NULL)", name="done"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    status: Mapped[RefundStatus] = mapped_column(String(8), default=RefundStatus.PENDING)
    reason: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="", server_default="")
    gateway_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    refunded_on: Mapped[date | None]
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")

    def __str__(self) -> str:
        return f"refund {self.id}"

    @property
    def is_to_card(self) -> bool:
        return self.payment_id is not None


class Allocation(Model):
    """So much of a receipt, a payment or a credit note pays an invoice, an order in advance, or a refund.

    Rows are added, never changed: what is taken back again is a row below nought.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("num_nonnulls(receipt_id, payment_id, credit_id) = 1", name="one_source"),
        CheckConstraint("num_nonnulls(invoice_id, order_id, refund_id) = 1", name="one_use"),
        CheckConstraint("amount <> 0", name="amount"),
        *(
            Index(f"ix_allocation_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
            for name in ("receipt_id", "payment_id", "credit_id", "invoice_id", "order_id", "refund_id")
        ),
        Index(
            "ix_allocation_in_advance",
            "customer_id",
            postgresql_include=["amount"],
            postgresql_where=text("order_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    made_on: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(40))
    made_by_name: Mapped[str] = mapped_column(String(200))
