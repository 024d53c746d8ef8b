"""What people type to change an order: its buyer and the desk fill in the same form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Self

from flask import request
from wtforms import HiddenField

from app.core.errors import Refused
from app.core.text import long_day
from app.customers.models import Address
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.models.orders import LONGEST_NOTES, LONGEST_PO
from app.orders.queries import quick
from app.orders.quick import Codes, lines_in
from app.orders.quoted import Seen
from app.orders.service.quoting import Terms
from app.orders.states import PaymentMethod
from app.orders.typed import boxes_in, pressed_in, quantity_in, why_no_quantity
from app.web.fields import Row, day, note, row, text
from app.web.forms import UNPROCESSABLE, Form, VersionedForm
from app.web.parts import takes_cards

LOOK_AGAIN = "Look at the order again, then place it."


def _day_or_none(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _number(value: Any) -> int | None:
    return int(value) if value else None


def way_to_pay(value: Any) -> PaymentMethod | None:
    return PaymentMethod(value) if value else None


def offered(label: str, coerce: Callable[[Any], Any] = _number) -> Row:
    """One of those that the page offers. Which may be chosen is the use case's to say."""
    return Row(label, coerce=coerce, choices=[], validate_choice=False)


class PlacingFields:
    """What is said once for a whole order, whoever places it. `seen` is the sum that they have looked at."""

    address_id = offered("Deliver to")
    delivery_method = offered("How it comes")
    deliver_on = day("Delivery day")
    po_number = text("Your reference", longest=LONGEST_PO)
    notes = note("Note for us", longest=LONGEST_NOTES)
    payment_method = offered("How you pay", way_to_pay)
    seen = HiddenField()

    @property
    def is_to_place(self) -> bool:
        """Any other button only looks again."""
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
            takes_cards=takes_cards(),
        )

    @property
    def was_seen(self) -> Seen:
        """What stood on the page from which this was sent."""
        found = Seen.of(self.seen.data or "")
        if found is None:
            raise Refused(LOOK_AGAIN)
        return found


class BoxesForm(Form):
    """A page with boxes for quantities, called q and the product's number.

    `boxes` are those with a number in them. Of others, `problems` says what is wrong; `typed` is shown again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boxes: dict[int, int] = {}
        self.problems: dict[int, str] = {}
        self.typed: dict[int, str] = {}
        pressed = pressed_in(request.form)
        for product_id, typed in boxes_in(request.form):
            number = quantity_in(typed, pressed.get(product_id, 0))
            if number is None:
                self.problems[product_id], self.typed[product_id] = why_no_quantity(typed), typed
            else:
                self.boxes[product_id] = number
        self.mistyped = dict(self.problems)
        self.form_errors = list(dict.fromkeys(self.mistyped.values()))

    def name_mistyped(self, names: Mapping[int, str]) -> None:
        """The summary says of which product each sentence is."""
        known = {one: text for one, text in self.mistyped.items() if one in names}
        others = [text for text in self.form_errors if text not in known.values()]
        self.form_errors = [*(f"{names[one]}: {text}" for one, text in known.items()), *others]

    @property
    def status(self) -> int:
        return UNPROCESSABLE if self.problems and not self.refused_with else super().status


class ChangeForm(BoxesForm, VersionedForm):
    """Nought in a box takes its line out, as in the basket.

    `seen` is the sum that whoever fills it in has looked at.
    """

    doing = "to change this order"
    address_id = row("Deliver to")
    deliver_on = Row("Delivery day", coerce=_day_or_none, choices=[])
    po_number = text("Reference", longest=LONGEST_PO, autocomplete="off")
    notes = note("Note", longest=LONGEST_NOTES)
    add = text("Add a product", longest=120, autocomplete="off", autocapitalize="characters")
    seen = HiddenField()

    @classmethod
    def of(cls, order: Order, doors: Sequence[Address], days: Iterable[date]) -> Self:
        form = cls(obj=order, data={"deliver_on": order.promised_on})
        usual = [] if order.address_id in {door.id for door in doors} else [("", "As it is")]
        form.address_id.offer([*usual, *((str(door.id), f"{door.label}, {door.line1}") for door in doors)])
        offered = sorted({*days, *filter(None, [order.promised_on])})
        form.deliver_on.offer([(one.isoformat(), long_day(one)) for one in offered] or [("", "As agreed")])
        form.quantities = {item.product_id: item.wanted for item in order.items if item.wanted} | form.boxes
        return form

    quantities: dict[int, int]
    added: int | None = None

    @property
    def is_saving(self) -> bool:
        return request.form.get("do") == "save"

    def take_in_product(self) -> None:
        """The line that was typed becomes one with a box."""
        for line in lines_in(self.add.data or ""):
            meant = [
                one for one in Codes(quick.products_called({line.code})).meant_by(line.code) if one.is_on_sale
            ]
            if line.problem:
                raise Refused(line.problem, field="add")
            if len(meant) != 1:
                raise Refused(_who_is_meant([one.sku for one in meant]), field="add")
            self.added = meant[0].product_id
            self.quantities[self.added] = self.quantities.get(self.added, 0) + line.quantity
        self.add.data = ""

    def items_beside(self, order: Order) -> dict[int, int]:
        """In the order of its lines; what was added and is not wanted after all is left out."""
        known = {item.product_id for item in order.items}
        return {one: quantity for one, quantity in self.quantities.items() if quantity or one in known}

    def items_without_the_added(self, order: Order) -> dict[int, int]:
        return {one: quantity for one, quantity in self.items_beside(order).items() if one != self.added}

    def changes(self, order: Order) -> Changes:
        """What is different, and nothing else."""
        items = {one: quantity for one, quantity in self.quantities.items() if quantity}
        is_same = items == {item.product_id: item.wanted for item in order.items if item.wanted}
        return Changes(
            items=None if is_same else items,
            address_id=_if_another(self.address_id.data, order.address_id),
            deliver_on=_if_another(self.deliver_on.data, order.promised_on),
            po_number=_if_another(self.po_number.data or "", order.po_number),
            notes=_if_another(self.notes.data or "", order.notes),
        )

    @property
    def was_seen(self) -> Seen:
        found = Seen.of(self.seen.data or "")
        if found is None:
            raise Refused("Look at what changes first, then save it.")
        return found


def _if_another(typed: Any, now: Any) -> Any:
    return typed if typed != now else None


def _who_is_meant(skus: Sequence[str]) -> str:
    if skus:
        return f"This is the code of several products: {', '.join(skus[:5])}. Type one of them."
    return "No product on sale has this SKU. Look it up in the catalogue."
