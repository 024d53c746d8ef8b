"""What staff may type about price lists and prices."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self

from flask import request
from wtforms import HiddenField
from wtforms.validators import Regexp

from app.accounts.models import Customer
from app.accounts.queries import people
from app.catalogue.price_rows import PriceRow
from app.catalogue.quantities import LARGEST
from app.catalogue.queries.price_changes import PriceChange
from app.catalogue.tree import Grown, in_order, within
from app.core.errors import Refusal, Refused
from app.core.money import unit_price as shortest
from app.web import fields
from app.web.forms import Form, VersionedForm

EMPTY_ROWS = 2
MOST_ROWS = 50  # of a form; one that we drew longer ourselves may come back as long
CODE = Regexp(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$", message="Use letters, digits, points and dashes, like cafes-2026."
)


class PriceListForm(VersionedForm):
    doing = "to save this list"
    name = fields.text("Name", missing="Type a name for this list.", longest=60, autocomplete="off")
    code = fields.text("Code", missing="Type a short code, like cafes-2026.", longest=24, autocomplete="off")
    customer_id = fields.text("Customer", missing="Type the customer it is agreed with.", list="customers")
    valid_from = fields.day("First day")
    valid_to = fields.day("Last day")
    is_active = fields.tick("It is in use", default=True)

    @classmethod
    def new(cls, *, contract: bool) -> Self:
        form = cls()
        if not contract:
            del form.customer_id
        return form

    @classmethod
    def of(cls, price_list: Any) -> Self:
        names = ("code", "name", "valid_from", "valid_to", "is_active", "version")
        form = cls(data={name: getattr(price_list, name) for name in names})
        del form.customer_id
        return form

    def validate_code(self, field: Any) -> None:
        CODE(self, field)

    def facts(self) -> dict[str, Any]:
        return self.plain("code", "name", "valid_from", "valid_to", "is_active")

    def customer_chosen(self) -> int | None:
        typed = self.customer_id.data if self.customer_id else None
        return people.customer_called(typed).id if typed else None


class PricesForm(VersionedForm):
    """As many rows as there are prices, and some empty ones; a row without a price is left out."""

    doing = "to save these prices"
    rows = HiddenField()

    @classmethod
    def of(cls, standing: Sequence[PriceRow], version: int) -> Self:
        drawn = len(standing) + EMPTY_ROWS
        sent, most = _rows_sent() if request.method == "POST" else drawn, max(drawn, MOST_ROWS)
        count = min(sent, most)
        data: dict[str, Any] = {"version": str(version), "rows": str(count)}
        for number, row in enumerate(standing):
            data |= {
                f"min_qty_{number}": row.min_qty,
                f"unit_price_{number}": shortest(row.unit_price),
                f"valid_from_{number}": row.valid_from,
                f"valid_to_{number}": row.valid_to,
            }
        form: Self = type(cls.__name__, (cls,), _fields_of_rows(count))(data=data)
        form.count, form.is_whole = count, 0 < sent <= most
        return form

    @property
    def lines(self) -> list[tuple[Any, Any, Any, Any]]:
        """The fields of each row, for the template."""
        names = ("min_qty", "unit_price", "valid_from", "valid_to")
        return [tuple(self[f"{name}_{number}"] for name in names) for number in range(self.count)]

    def prices(self) -> list[PriceRow]:
        """A row that did not arrive would count as taken away, so all of them have to be here."""
        if not self.is_whole:
            raise Refused("Some rows did not arrive, so nothing was saved. Open these prices again.")
        self.places: list[int] = []
        found: list[PriceRow] = []
        for number, (min_qty, unit_price, valid_from, valid_to) in enumerate(self.lines):
            is_new = number >= self.count - EMPTY_ROWS
            if unit_price.data is None:
                if is_new and (min_qty.data is not None or valid_from.data or valid_to.data):
                    raise Refused("Type a price for this row, or empty it.", field=unit_price.name)
                continue
            self.places.append(number)
            quantity = 1 if min_qty.data is None else min_qty.data
            found.append(PriceRow(quantity, unit_price.data, valid_from.data, valid_to.data))
        return found

    def show(self, refusal: Refusal) -> None:
        """The rules count the rows that were filled in."""
        part, _, rest = (refusal.field or "").partition(".")
        if part == "rows":
            number, _, name = rest.partition(".")
            refusal = Refused(refusal.message, field=f"{name}_{self.places[int(number)]}")
        super().show(refusal)


def _fields_of_rows(count: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for number in range(count):
        row = f"row {number + 1}"
        made[f"min_qty_{number}"] = fields.number(f"From how many, {row}", most=LARGEST)
        made[f"unit_price_{number}"] = fields.amount(f"Price of one, {row}", places=4)
        made[f"valid_from_{number}"] = fields.day(f"First day, {row}")
        made[f"valid_to_{number}"] = fields.day(f"Last day, {row}")
    return made


def _rows_sent() -> int:
    typed = request.form.get("rows", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0


class ChangeForm(VersionedForm):
    """Asked for in an address, so that the preview has one; sent as a form to do it."""

    doing = "to see what changes"
    direction = fields.choice("Prices", {"up": "Raise", "down": "Lower"})
    percent = fields.amount("By how many percent", missing="Type by how many percent, like 3.5.", like="3.5")
    category_id = fields.row("Which products")
    starts_on = fields.day("From")

    @classmethod
    def asked(cls, categories: Sequence[Grown], today: date) -> Self:
        # The address stays beside the form that is sent from it.
        typed = request.form if request.method == "POST" else request.args
        is_filled = "percent" in typed
        form = cls(formdata=typed if is_filled else None, data={"starts_on": today})
        form.is_filled, form.today, form.categories = is_filled, today, categories
        branches = ((str(branch.category.id), branch.path) for branch in in_order(categories))
        form.category_id.offer([("", "All on this list"), *branches])
        return form

    def change(self, list_id: int) -> PriceChange:
        percent, chosen = self.percent.data or Decimal(), self.category_id.data
        return PriceChange(
            list_id=list_id,
            percent=-percent if self.direction.data == "down" else percent,
            starts_on=self.starts_on.data or self.today,
            category_ids=tuple(sorted(within(self.categories, chosen))) if chosen else (),
            category=next((one.name for one in self.categories if one.id == chosen), ""),
        )


class WhyForm(Form):
    """Which product, for whom, how many, on which day."""

    def show(self, refusal: Refusal) -> None:
        """Customers are called by name elsewhere, too, in a box with another name."""
        field = "customer" if refusal.field == "customer_id" else refusal.field
        super().show(Refused(refusal.message, field=field))

    doing = "to see the price"
    sku = fields.text("SKU", missing="Type the SKU of a product.", longest=64, autocomplete="off")
    customer = fields.text("Customer", longest=120, list="customers", autocomplete="off")
    quantity = fields.number("Quantity", most=LARGEST)
    on = fields.day("Day")

    @classmethod
    def asked(cls, today: date, *, for_customers: bool) -> Self:
        is_filled = bool(request.args.get("sku"))
        known = {"customer": request.args.get("customer"), "quantity": 1, "on": today}
        form = cls(formdata=request.args if is_filled else None, data=known)
        form.is_filled, form.today = is_filled, today
        if not for_customers:
            del form.customer
        return form

    def whose(self) -> Customer | None:
        typed = self.customer.data if self.customer else None
        return people.customer_called(typed) if typed else None

    def how_many(self) -> int:
        return self.quantity.data or 1

    def day(self) -> date:
        chosen: date | None = self.on.data
        return chosen or self.today
