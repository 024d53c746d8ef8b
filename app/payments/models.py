"""What was asked of the gateway, and what it told us."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, Record


class OperationKind(StrEnum):
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class OperationStatus(StrEnum):
    NEW = "new"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class PaymentOperation(Record):
    """One thing asked of the gateway, under a key that stays the same until it has definitely said no."""

    __tablename__ = "payment_operation"
    __table_args__ = (
        Index(
            "uq_payment_operation_once",
            "payment_id",
            "kind",
            unique=True,
            postgresql_where=text("kind <> 'refund' AND status <> 'declined'"),
        ),
        Index(
            "uq_payment_operation_refund",
            "refund_id",
            unique=True,
            postgresql_where=text("refund_id IS NOT NULL AND status <> 'declined'"),
        ),
        Index("ix_payment_operation_payment_id", "payment_id"),
        Index(
            "ix_payment_operation_open", "id", postgresql_where=text("status IN ('new', 'sent', 'unknown')")
        ),
        CheckConstraint("kind IN ('authorise', 'capture', 'void', 'refund')", name="kind"),
        CheckConstraint("status IN ('new', 'sent', 'succeeded', 'declined', 'unknown')", name="status"),
        CheckConstraint("(kind = 'refund') = (refund_id IS NOT NULL)", name="refund"),
        CheckConstraint("amount > 0", name="amount"),
    )

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    kind: Mapped[OperationKind] = mapped_column(String(9))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    status: Mapped[OperationStatus] = mapped_column(String(9), default=OperationStatus.NEW)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # Where a person types a card: only of an authorisation, and only for as long as the gateway keeps it open.
    page: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    page_until: Mapped[datetime | None]


class GatewayEvent(Model):
    """What the gateway told us, once; the raw words stay for whoever has to understand them later."""

    __tablename__ = "gateway_event"
    __table_args__ = (
        Index("ix_gateway_event_waiting", "received_at", postgresql_where=text("processed_at IS NULL")),
        Index("ix_gateway_event_gateway_ref", "gateway_ref"),
    )

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    gateway_ref: Mapped[str | None] = mapped_column(String(80))
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    processed_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
