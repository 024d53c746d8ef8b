"""An order that staff take down for a customer: lines as they are told, and what is said once for all of them."""

from collections.abc import Iterable
from typing import Self

from app.accounts.models import Customer
from app.customers.models import Address
from app.orders.forms import PlacingFields
from app.orders.models.orders import LONGEST_NOTES, LONGEST_PO
from app.orders.quoted import Quote
from app.orders.service.quoting import PREPAID
from app.orders.states import PaymentMethod
from app.web import fields
from app.web.forms import Form

LONGEST_LIST = 20_000


class NewOrderForm(PlacingFields, Form):
    doing = "to place this order"
    lines = fields.note("Lines", longest=LONGEST_LIST)
    po_number = fields.text("Their reference", longest=LONGEST_PO, autocomplete="off")
    notes = fields.note("What they want us to know", longest=LONGEST_NOTES)

    @classmethod
    def of(cls, customer: Customer, doors: Iterable[Address]) -> Self:
        form = cls()
        form.address_id.offer((str(one.id), f"{one.label}, {one.line1}, {one.city}") for one in doors)
        on_account = [PaymentMethod.ACCOUNT] if customer.payment_terms != PREPAID else []
        form.payment_method.offer((str(one), one.word) for one in (*on_account, PaymentMethod.TRANSFER))
        return form

    def offer_ways(self, quote: Quote) -> None:
        """With the days of the one that is chosen."""
        self.delivery_method.offer((str(way.id), way.name) for way in quote.ways.ways)
        self.delivery_method.data = quote.way.id if quote.way else None
