"""What may be typed about customers and their addresses."""

from decimal import Decimal
from typing import Any, Self

from app.accounts.models import Customer
from app.core.text import tidy
from app.customers.models import Address
from app.customers.queries import customers
from app.customers.words import PAYMENT_TERMS, TAX_TREATMENTS
from app.web import fields
from app.web.forms import Form, VersionedForm

MONEY = "Type an amount, like 5000.00. Without credit it is 0."
NO_CREDIT = Decimal("0.00")
TERMS = ("payment_terms", "credit_limit", "price_list_id", "account_manager_id")


def in_capitals(value: str | None) -> str:
    return tidy(value).upper()


class _Terms:
    """What is agreed with a customer, in every form that asks for it."""

    payment_terms = fields.choice("Payment terms", PAYMENT_TERMS)
    credit_limit = fields.amount("Credit limit", missing=MONEY)
    price_list_id = fields.row("Price list")
    account_manager_id = fields.row("Account manager")

    def offer_rows(self) -> None:
        lists = [(str(row.id), row.name) for row in customers.price_lists_to_choose()]
        managers = [(str(row.id), row.name) for row in customers.managers()]
        self.price_list_id.offer([("", "Base prices"), *lists])
        self.account_manager_id.offer([("", "Nobody"), *managers])


class CustomerForm(_Terms, VersionedForm):
    doing = "to save this customer"
    name = fields.text("Name", missing="Type the name of the customer.", autocomplete="off")
    code = fields.text("Code", longest=24, autocomplete="off", autocapitalize="characters")
    phone = fields.phone("Phone", autocomplete="off")
    invoice_email = fields.email("Email for invoices", autocomplete="off", optional=True)
    tax_id = fields.text("VAT number", longest=40, autocomplete="off")
    tax_treatment = fields.choice("VAT", TAX_TREATMENTS)
    po_required = fields.tick("Every order needs their PO number")
    min_order_net = fields.amount("Smallest order")
    auto_confirm = fields.tick("Confirm their orders at once")
    note = fields.note("Note", longest=500)

    @classmethod
    def of(cls, customer: Customer | None = None) -> Self:
        form = cls(obj=customer, data=None if customer else {"credit_limit": NO_CREDIT})
        form.offer_rows()
        return form

    def facts(self) -> dict[str, Any]:
        facts = {name: field.data for name, field in self._fields.items() if name != "version"}
        return facts | {"code": in_capitals(self.code.data), "note": self.note.data or ""}


class ChangedCustomerForm(CustomerForm):
    """A customer that is there has a code, and keeps one."""

    code = fields.text("Code", missing="Type a code, like COPPER-KETTLE.", longest=24, autocomplete="off")


class ApprovalForm(_Terms, Form):
    doing = "to open this account"

    @classmethod
    def of(cls, customer: Customer) -> Self:
        form = cls(obj=customer)
        form.offer_rows()
        return form

    def terms(self) -> dict[str, Any]:
        return self.plain(*TERMS)


class ReasonForm(VersionedForm):
    doing = "to go on"
    reason = fields.text(
        "Reason", missing="Type a reason: colleagues read it on the customer’s page.", longest=200
    )


class RefusalForm(Form):
    doing = "to refuse this application"
    reason = fields.text("Reason", missing="Type a reason: it stands in the email to them.", longest=200)


class AddressForm(VersionedForm):
    doing = "to save this address"
    label = fields.text("What you call it", missing="Type a short name, like Shop or Bakery.", longest=40)
    line1 = fields.text("Street", missing="Type the street and the number.", autocomplete="address-line1")
    line2 = fields.text("Second line", autocomplete="address-line2")
    city = fields.text("Town", missing="Type the town.", longest=60, autocomplete="address-level2")
    postcode = fields.text("Postcode", missing="Type the postcode.", longest=12, autocomplete="postal-code")
    country = fields.text(
        "Country", missing="Type the two letters of the country, like GB.", longest=2, autocomplete="country"
    )
    delivery_instructions = fields.note("For the driver", longest=300)
    is_default_shipping = fields.tick("Usual address for deliveries")
    is_default_billing = fields.tick("Usual address for invoices")

    @classmethod
    def of(cls, address: Address | None = None) -> Self:
        return cls(obj=address, data=None if address else {"country": "GB"})

    def door(self) -> dict[str, Any]:
        door = {name: field.data for name, field in self._fields.items() if name != "version"}
        door["delivery_instructions"] = door["delivery_instructions"] or ""
        return door | {name: in_capitals(door[name]) for name in ("postcode", "country")}
