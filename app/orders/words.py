"""What people read about where an order stands and how it is paid: the same words on every page."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from app.accounts.models import CustomerStatus
from app.billing.states import PaymentState
from app.catalogue.totals import ZERO
from app.core.business import business
from app.core.money import unit_money
from app.core.text import in_full
from app.orders.credit import Credit
from app.orders.states import Channel, HoldReason, OpenShipment, OrderStatus, PaymentMethod


class Standing(Protocol):
    """An order, or a row that knows as much."""

    @property
    def status(self) -> str: ...
    @property
    def hold_reason(self) -> str | None: ...
    @property
    def open_shipment(self) -> str | None: ...
    @property
    def shipments_sent(self) -> int: ...


class Paying(Protocol):
    """A row that knows how it is paid, and where its money stands."""

    @property
    def payment_method(self) -> str: ...
    @property
    def payment_state(self) -> str: ...


class Word(NamedTuple):
    """`key` is how pages colour it; the word says it."""

    key: str
    word: str


PLACED, CONFIRMED, PICKED = Word("placed", "Placed"), Word("confirmed", "Confirmed"), Word("picked", "Picked")
SHIPPED, DELIVERED = Word("shipped", "Shipped"), Word("delivered", "Delivered")
CANCELLED, PART_SHIPPED = Word("cancelled", "Cancelled"), Word("shipped", "Part shipped")
STAGES = {
    OrderStatus.PENDING: PLACED,
    OrderStatus.CONFIRMED: CONFIRMED,
    OrderStatus.SHIPPED: SHIPPED,
    OrderStatus.DELIVERED: DELIVERED,
    OrderStatus.CANCELLED: CANCELLED,
}
ON_HOLD = {
    HoldReason.CREDIT: Word("bad", "Over the credit limit"),
    HoldReason.PAYMENT: Word("warn", "Waiting for payment"),
    HoldReason.STOCK: Word("warn", "Waiting for stock"),
    HoldReason.STAFF: Word("warn", "On hold"),
}
# What is unpaid is called by the way it will be paid: most of it is no matter at all.
PAYMENTS = {
    str(PaymentMethod.ACCOUNT): Word("account", "On account"),
    str(PaymentMethod.TRANSFER): Word("account", "By transfer"),
    str(PaymentMethod.CARD): Word("account", "By card"),
} | {str(state): Word(state.value, state.word) for state in PaymentState if state is not PaymentState.UNPAID}
STEPS = (PLACED, CONFIRMED, PICKED, SHIPPED, DELIVERED)


def stage_of(order: Standing) -> Word:
    """Picked and part shipped are no statuses of an order: its shipments make them."""
    if order.status == OrderStatus.CONFIRMED and order.open_shipment == OpenShipment.PACKED:
        return PICKED
    if order.status == OrderStatus.CONFIRMED and order.shipments_sent:
        return PART_SHIPPED
    return STAGES[OrderStatus(order.status)]


def payment_of(order: Paying) -> Word:
    is_unpaid = order.payment_state == PaymentState.UNPAID
    return PAYMENTS[order.payment_method if is_unpaid else order.payment_state]


def hold_of(order: Standing) -> Word | None:
    return ON_HOLD[HoldReason(order.hold_reason)] if order.hold_reason else None


def why_nothing_can_be_ordered(name: str, status: str) -> str:
    """By whom we cannot serve just now; empty of others."""
    if status == CustomerStatus.ACTIVE:
        return ""
    return f"{name} is {CustomerStatus(status).word}, so nothing can be ordered. Ring the order desk."


class OnCredit(Protocol):
    """A row that knows what counts against the limit of its customer, where it waits for more of it."""

    @property
    def total(self) -> Decimal: ...
    @property
    def credit_limit(self) -> Decimal: ...
    @property
    def credit_used(self) -> Decimal | None: ...


def over_credit(order: OnCredit) -> Decimal:
    if order.credit_used is None:
        return ZERO
    return Credit(order.credit_limit, order.credit_used).over_by(order.total)


def steps_done(order: Standing) -> int:
    """How many of the five holes are punched; none of a cancelled order."""
    stage = stage_of(order)
    keys = [step.key for step in STEPS]
    return keys.index(stage.key) + 1 if stage.key in keys else 0


class Priced(Protocol):
    """A line of an order, with why it costs what it costs."""

    @property
    def unit_price(self) -> Decimal: ...
    @property
    def list_price(self) -> Decimal: ...
    @property
    def price_source(self) -> dict[str, Any]: ...


def came(order: Any) -> str:
    """Through which door."""
    return Channel(order.channel).word


LISTS = {"contract": "Contract “{}”", "list": "Price list “{}”"}


def why_this_price(line: Priced) -> str:
    """As it was when the order was placed: which list, from how many on, and between which days."""
    source = line.price_source
    words = LISTS.get(source.get("kind", ""), "Base price").format(source.get("name", ""))
    if source.get("min_qty", 1) > 1:
        words += f", from {source['min_qty']:,} on"
    if source.get("valid_from"):
        words += f", since {_day(source['valid_from'])}"
    if source.get("valid_to"):
        words += f", until {_day(source['valid_to'])}"
    if line.list_price == line.unit_price:
        return f"{words}."
    return f"{words}. The base price was {unit_money(line.list_price, business().currency)}."


def _day(kept: str) -> str:
    return in_full(date.fromisoformat(kept))
