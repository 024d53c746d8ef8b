"""Papers that say what is owed, and the money that pays it."""

from app.billing.models.documents import (
    DocumentKind,
    Invoice,
    InvoiceBalance,
    InvoiceLine,
    InvoicePaper,
    LineKind,
    NumberSeries,
)
from app.billing.models.money import Allocation, Payment, PaymentStatus, Receipt, Refund, RefundStatus

__all__ = [
    "Allocation",
    "DocumentKind",
    "Invoice",
    "InvoiceBalance",
    "InvoiceLine",
    "InvoicePaper",
    "LineKind",
    "NumberSeries",
    "Payment",
    "PaymentStatus",
    "Receipt",
    "Refund",
    "RefundStatus",
]
