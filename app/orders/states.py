"""The words of an order: where it stands, why it waits, how it came and how it is paid."""

from enum import StrEnum
from typing import Self


class _Worded(StrEnum):
    """A value, and how people read it."""

    word: str

    def __new__(cls, value: str, word: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.word = word
        return member


class OrderStatus(_Worded):
    PENDING = "pending", "placed"
    CONFIRMED = "confirmed", "confirmed"
    SHIPPED = "shipped", "shipped"
    DELIVERED = "delivered", "delivered"
    CANCELLED = "cancelled", "cancelled"


class HoldReason(_Worded):
    CREDIT = "credit", "over the credit limit"
    PAYMENT = "payment", "waiting for payment"
    STOCK = "stock", "waiting for stock"
    STAFF = "staff", "held by us"


class Channel(_Worded):
    WEB = "web", "on the web"
    STAFF = "staff", "by our desk"
    API = "api", "by a program"
    IMPORT = "import", "by an import"


class PaymentMethod(_Worded):
    ACCOUNT = "account", "On account"
    CARD = "card", "By card"
    TRANSFER = "transfer", "By bank transfer"


class OpenShipment(_Worded):
    """What fulfilment is doing with an order just now."""

    PICKING = "picking", "being picked"
    PACKED = "packed", "packed"


IN_PROGRESS = (OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.SHIPPED)
HOLDS_STOCK = (OrderStatus.PENDING, OrderStatus.CONFIRMED)
