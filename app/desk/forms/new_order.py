"""An order that staff take down for a customer: lines as they are told, and what is said once for all of them."""

from collections.abc import Iterable
from typing import Any, Self

from flask import request
from wtforms import HiddenField

from app.accounts.models import Customer
from app.core.errors import Refused
from app.customers.models import Address
from app.orders.models.orders import LONGEST_NOTES, LONGEST_PO
from app.orders.quoted import Quote, Seen
from app.orders.service.quoting import PREPAID, Terms
from app.orders.states import PaymentMethod
from app.web import fields
from app.web.forms import Form

LONGEST_LIST = 20_000
LOOK_AGAIN = "Look at the lines and the total, then place the order."


def _number(value: Any) -> int | None:
    return int(value) if value else None


def _offered(label: str, coerce: Any = _number) -> fields.Row:
    """One of those that the page offers. Which may be chosen is the use case's to say."""
    return fields.Row(label, coerce=coerce, choices=[], validate_choice=False)


class NewOrderForm(Form):
    doing = "to place this order"
    lines = fields.note("Lines", longest=LONGEST_LIST)
    address_id = _offered("Deliver to")
    delivery_method = _offered("How it comes")
    deliver_on = fields.day("Delivery day")
    po_number = fields.text("Their reference", longest=LONGEST_PO, autocomplete="off")
    notes = fields.note("What they want us to know", longest=LONGEST_NOTES)
    payment_method = _offered("Payment", lambda value: PaymentMethod(value) if value else None)
    seen = HiddenField()

    @classmethod
    def of(cls, customer: Customer, doors: Iterable[Address]) -> Self:
        form = cls()
        form.address_id.offer((str(one.id), f"{one.label}, {one.line1}, {one.city}") for one in doors)
        on_account = [PaymentMethod.ACCOUNT] if customer.payment_terms != PREPAID else []
        form.payment_method.offer((str(one), one.word) for one in (*on_account, PaymentMethod.TRANSFER))
        return form

    @property
    def is_to_place(self) -> bool:
        return request.form.get("do") == "place"

    @property
    def terms(self) -> Terms:
        return Terms(
            address_id=self.address_id.data,
            way_id=self.delivery_method.data,
            deliver_on=self.deliver_on.data,
            payment_method=self.payment_method.data,
            po_number=self.po_number.data or "",
            notes=self.notes.data or "",
        )

    @property
    def was_seen(self) -> Seen:
        """What stood on the page from which this was sent."""
        found = Seen.of(self.seen.data or "")
        if found is None:
            raise Refused(LOOK_AGAIN)
        return found

    def offer_ways(self, quote: Quote) -> None:
        """With the days of the one that is chosen."""
        self.delivery_method.offer((str(way.id), way.name) for way in quote.ways.ways)
        self.delivery_method.data = quote.way.id if quote.way else None
