"""What programs are told about orders."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.billing.states import PaymentState
from app.core.business import business
from app.orders.priced import PricedLine
from app.orders.quoted import Quote
from app.orders.states import Channel, HoldReason, OrderStatus, PaymentMethod
from app.web.mails import address_of
from app.web.schemas import Answer, Moment, Money, Number, Paged, Rate, UnitPrice

PageToPayOn = Annotated[
    str | None,
    BeforeValidator(lambda number: address_of("payments.pay", number=number) if number else None),
]


class LineOut(Answer):
    """A product, and what so many of it cost."""

    line: int
    product_id: int
    sku: str
    name: str
    unit_label: str
    quantity: int
    list_price: UnitPrice
    unit_price: UnitPrice
    price_source: dict[str, Any] = Field(description="Which list and quantity decided, and for which days.")
    line_net: Money
    tax_rate: Rate
    line_tax: Money


class ItemOut(LineOut):
    quantity: int = Field(description="As ordered. What was cancelled is not charged.")
    quantity_cancelled: int
    quantity_shipped: int
    quantity_returned: int


class TaxOut(Answer):
    rate: Rate
    net: Money
    tax: Money


class DoorOut(Answer):
    id: int | None = Field(None, description="Of the address it was copied from.")
    name: str
    label: str
    line1: str
    line2: str
    city: str
    postcode: str
    country: str
    instructions: str = ""


class WayOut(Answer):
    method: str | None
    promised_on: date | None


class DeliveryOut(WayOut):
    address: DoorOut


class BuyerOut(Answer):
    id: int | None
    name: str


class SumOut(Answer):
    taxes: list[TaxOut] = Field(description="By rate; delivery is taxed with the goods.")
    subtotal_net: Money
    delivery_net: Money
    tax_total: Money
    total: Money
    currency: str


class QuotedLineOut(LineOut):
    advice: str = Field(description="What to know before it is ordered, like that only 3 are left.")


class QuoteOut(SumOut):
    """What it would come to now. Nothing is reserved."""

    agreed: str = Field(description="Send it with the order to be sure of these prices.")
    customer_id: int
    payment_method: PaymentMethod
    delivery: WayOut
    days: list[date] = Field(description="On which it can come.")
    items: list[QuotedLineOut]

    @classmethod
    def of(cls, quote: Quote, payment_method: PaymentMethod) -> "QuoteOut":
        totals = quote.totals
        shares = zip(quote.basket.lines, totals.line_taxes, strict=False)  # delivery has no line
        return cls(
            agreed=str(quote.seen),
            customer_id=quote.customer.id,
            payment_method=payment_method,
            delivery=WayOut(method=quote.way.name if quote.way else None, promised_on=quote.deliver_on),
            days=list(quote.days),
            items=[_quoted(n, line, tax, quote.on) for n, (line, tax) in enumerate(shares, 1)],
            taxes=[TaxOut(rate=tax.rate, net=tax.net, tax=tax.tax) for tax in totals.taxes],
            subtotal_net=quote.basket.goods,
            delivery_net=quote.delivery_net,
            tax_total=totals.tax,
            total=totals.total,
            currency=business().currency,
        )


def _quoted(number: int, line: PricedLine, tax: Decimal, on: date) -> QuotedLineOut:
    return QuotedLineOut(
        line=number,
        **{
            name: getattr(line.item, name) for name in ("product_id", "sku", "name", "unit_label", "quantity")
        },
        list_price=line.answer.list_price,
        unit_price=line.answer.unit_price,
        price_source=line.source(on),
        line_net=line.net,
        tax_rate=line.rate,
        line_tax=tax,
        advice=line.advice,
    )


class OrderOut(SumOut):
    id: int
    number: Number
    status: OrderStatus
    hold_reason: HoldReason | None
    customer_id: int
    customer: str = Field(description="The code.")
    buyer: BuyerOut | None
    channel: Channel
    po_number: str
    notes: str
    payment_method: PaymentMethod
    payment_state: PaymentState
    payment_url: PageToPayOn = Field(
        description="Where its buyer pays by card, as long as it waits for that."
    )
    delivery: DeliveryOut
    items: list[ItemOut]
    created_at: Moment
    confirmed_at: Moment | None
    shipped_at: Moment | None
    delivered_at: Moment | None
    cancelled_at: Moment | None
    cancel_reason: str
    actions: list[str] = Field(description="What you may do with it now.")
    version: int


class OrderPage(Paged[OrderOut]):
    """One page of orders."""


class NoteOut(Answer):
    id: int
    at: Moment
    kind: Literal["internal", "buyer"]
    text: str
    author_name: str
