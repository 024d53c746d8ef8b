"""An order that staff take down for a customer: lines as they are told, and what is said once for all of them."""

from collections.abc import Iterable
from typing import Self

from flask import request

from app.accounts.models import Customer
from app.customers.models import Address
from app.orders.forms import PlacingFields, offered, way_to_pay
from app.orders.models.orders import LONGEST_NOTES, LONGEST_PO
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
    payment_method = offered("How they pay", way_to_pay)

    @classmethod
    def of(cls, customer: Customer, doors: Iterable[Address]) -> Self:
        form = cls()
        form.address_id.offer((str(one.id), f"{one.label}, {one.line1}, {one.city}") for one in doors)
        on_account = [PaymentMethod.ACCOUNT] if customer.payment_terms != PREPAID else []
        form.payment_method.offer((str(one), one.word) for one in (*on_account, PaymentMethod.TRANSFER))
        return form

    @property
    def is_pressed(self) -> bool:
        """By one of its buttons: another way of delivery counts anew by itself."""
        return bool(request.form.get("do"))
