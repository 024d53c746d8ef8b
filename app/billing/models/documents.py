"""Invoices and credit notes: written once, never changed, and numbered without a gap."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Model, Record

LONGEST_REASON = 200


class DocumentKind(StrEnum):
    """What a paper is; `series` begins its number."""

    series: str
    word: str

    def __new__(cls, value: str, series: str = "", word: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.series, member.word = series, word
        return member

    INVOICE = "invoice", "INV", "Invoice"
    CREDIT_NOTE = "credit_note", "CN", "Credit note"


class LineKind(StrEnum):
    GOODS = "goods"
    DELIVERY = "delivery"


class NumberSeries(Model):
    """The last number of a series in a year, and the day it was given: numbers have no gap, days never go back."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int]
    last_on: Mapped[date]


class Invoice(Model):
    """What a customer owes for a shipment; or, of a credit note, what they owe no more. A trigger refuses changes.

    `rounding` makes all invoices of an order come to exactly what the order comes to.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("series", "year", "serial"),
        UniqueConstraint("shipment_id"),
        Index(
            "ix_invoice_customer_id_issued_on",
            *("customer_id", "issued_on", "id"),
            postgresql_include=["kind", "total"],
        ),
        Index("ix_invoice_issued_on_id", "issued_on", "id"),
        Index("ix_invoice_order_id", "order_id"),
        Index("ix_invoice_order_number", "order_number"),
        Index(
            "ix_invoice_po_number",
            text("lower(po_number) text_pattern_ops"),
            postgresql_where=text("po_number <> ''"),
        ),
        Index("ix_invoice_credits_id", "credits_id", postgresql_where=text("credits_id IS NOT NULL")),
        CheckConstraint("kind IN ('invoice', 'credit_note')", name="kind"),
        CheckConstraint("(kind = 'credit_note') = (credits_id IS NOT NULL)", name="credits"),
        CheckConstraint("kind = 'credit_note' OR shipment_id IS NOT NULL", name="shipment"),
        CheckConstraint("total = net + tax + rounding", name="total"),
        CheckConstraint("net >= 0 AND tax >= 0 AND total >= 0", name="money"),
        CheckConstraint("due_on >= issued_on", name="due"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    kind: Mapped[DocumentKind] = mapped_column(String(11))
    series: Mapped[str] = mapped_column(String(8))
    year: Mapped[int] = mapped_column(SmallInteger)
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(24), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    order_number: Mapped[int] = mapped_column(BigInteger)
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    shipment_number: Mapped[str] = mapped_column(String(20), default="", server_default="")
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    return_id: Mapped[int | None] = mapped_column(ForeignKey("return.id"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="", server_default="")
    po_number: Mapped[str] = mapped_column(String(40), default="", server_default="")
    issued_on: Mapped[date]
    supplied_on: Mapped[date]
    due_on: Mapped[date]
    terms: Mapped[str] = mapped_column(String(8))
    issued_by: Mapped[str] = mapped_column(String(40))
    issued_by_name: Mapped[str] = mapped_column(String(200))
    seller: Mapped[dict[str, Any]] = mapped_column(JSONB)
    buyer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    deliver_to: Mapped[dict[str, Any]] = mapped_column(JSONB)
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    tax: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    rounding: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    sha256: Mapped[str] = mapped_column(String(64))

    lines: Mapped[list["InvoiceLine"]] = relationship(lazy="raise", order_by="InvoiceLine.line")
    balance: Mapped["InvoiceBalance"] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.number

    @property
    def is_credit_note(self) -> bool:
        return self.kind == DocumentKind.CREDIT_NOTE

    @property
    def word(self) -> str:
        return DocumentKind(self.kind).word


class InvoiceLine(Model):
    """One line of it; of a credit note, `credits_line_id` is the line it takes back from."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "line"),
        Index("ix_invoice_line_order_item_id", "order_item_id"),
        Index(
            "ix_invoice_line_credits_line_id",
            "credits_line_id",
            postgresql_where=text("credits_line_id IS NOT NULL"),
        ),
        CheckConstraint("kind IN ('goods', 'delivery')", name="kind"),
        CheckConstraint("(kind = 'goods') = (order_item_id IS NOT NULL)", name="goods"),
        CheckConstraint("quantity > 0 AND net >= 0 AND tax >= 0", name="money"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    line: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[LineKind] = mapped_column(String(8))
    order_item_id: Mapped[int | None] = mapped_column(ForeignKey("order_item.id"))
    product_id: Mapped[int | None] = mapped_column(BigInteger)
    sku: Mapped[str] = mapped_column(String(64), default="", server_default="")
    name: Mapped[str] = mapped_column(String(120))
    unit_label: Mapped[str] = mapped_column(String(60), default="", server_default="")
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    net: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    tax: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    credits_line_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_line.id"))


class InvoiceBalance(Model):
    """What is still open of it: below nought of a credit note, which the customer may still use.

    It moves with the allocations, in their transaction and by their amounts.
    """

    __tablename__ = "invoice_balance"
    __table_args__ = (
        Index(
            "ix_invoice_balance_due",
            "due_on",
            "customer_id",
            postgresql_include=["open"],
            postgresql_where=text("open > 0"),
        ),
        Index(
            "ix_invoice_balance_open",
            "customer_id",
            "due_on",
            postgresql_include=["open"],
            postgresql_where=text("open <> 0"),
        ),
        CheckConstraint("open BETWEEN least(total, 0) AND greatest(total, 0)", name="open"),
    )

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    due_on: Mapped[date]
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    open: Mapped[Decimal] = mapped_column(Numeric(12, 2))


class InvoicePaper(Record):
    """Its PDF, made from the frozen row: without a file it is being made, or the problem says why it cannot be."""

    __tablename__ = "invoice_paper"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), unique=True)
    file: Mapped[str | None] = mapped_column(String(64), index=True)
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
