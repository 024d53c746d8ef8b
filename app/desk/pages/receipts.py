"""Money that came in by bank: the list, writing one down, using it, taking it back, reversing it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer
from app.billing.happened import HAPPENED
from app.billing.queries import receipts as queries
from app.billing.service import receiving
from app.core import clock
from app.core.access import Permission
from app.core.business import business, today
from app.core.money import money
from app.customers.queries.customers import customer_seen_by
from app.desk.forms.receipts import AllocateForm, ReceiptForm, ReverseForm
from app.desk.pages.blueprint import bp
from app.desk.pages.choosing import customers_to_choose_from
from app.desk.words import named, told_of_allocation
from app.orders.queries.credit import credit_of
from app.orders.queries.prepaid import paid_by
from app.orders.service import using_receipts
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.forms import Form
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked

AS_CSV: Columns = {
    "Received": "received_on",
    "Customer": "customer",
    "Name": "company",
    "Reference": "reference",
    "Amount": "amount",
    "Unused": "unused",
    "Note": "note",
    "Reversed": "reversed_on",
    "Reason": "reversal_reason",
}
EVERYTHING = "all"


@bp.get("/desk/receipts")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def receipts() -> ResponseReturnValue:
    wanted = _wanted()
    page = queries.receipts_listed(**_sought(wanted), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "receipts", one="receipt")
    return render_template("desk/receipts.html", listing=listing, everything=EVERYTHING)


@bp.get("/desk/receipts.csv")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def receipts_csv() -> ResponseReturnValue:
    return csv_of("receipts", queries.every_receipt(**_sought(_wanted())), AS_CSV)


@bp.route("/desk/receipts/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@once
def new_receipt() -> ResponseReturnValue:
    code = request.args.get("customer", "").replace("\0", "")
    if not code:
        return render_template("desk/new_receipt_for.html", listing=customers_to_choose_from())
    customer, form = customer_seen_by(viewer(), code), ReceiptForm(data={"received_on": today()})
    if form.validate_on_submit():
        with form.showing_refusals():
            return _recorded(form, customer)
    return form.page("desk/new_receipt.html", customer=customer, credit=credit_of(customer), today=today())


@bp.route("/desk/receipts/<int:receipt_id>", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@once
def receipt(receipt_id: int) -> ResponseReturnValue:
    form, page = _allocating(receipt_id)
    if form.validate_on_submit():
        with form.showing_refusals():
            amounts, now = form.amounts(), clock.now()
            orders = using_receipts.allocate(receipt_id, amounts, by=viewer(), at=now)
            flash(told_of_allocation(form.total, orders), "good")
            return redirect(url_for(".receipt", receipt_id=receipt_id), code=303)
    return form.page("desk/receipt.html", **page)


@bp.route("/desk/receipts/<int:receipt_id>/take-back/<paid>", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@once
def take_back_receipt(receipt_id: int, paid: str) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.showing_refusals():
            amount = using_receipts.take_back(receipt_id, paid, by=viewer(), at=clock.now())
            flash(f"{money(amount, business().currency)} is taken back from {named(paid)}", "good")
            return redirect(url_for(".receipt", receipt_id=receipt_id), code=303)
    found = queries.receipt_shown(receipt_id)
    used = next((one for one in paid_by([receipt_id]) if one.name == paid), None)
    return form.page("desk/take_back_receipt.html", receipt=found, what=named(paid), used=used)


@bp.route("/desk/receipts/<int:receipt_id>/reverse", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@once
def reverse_receipt(receipt_id: int) -> ResponseReturnValue:
    form = ReverseForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            done = receiving.reverse(receipt_id, reason=form.reason.data, by=viewer(), at=clock.now())
            flash(f"The receipt of {money(done.amount, business().currency)} is reversed", "good")
            return redirect(url_for(".receipt", receipt_id=receipt_id), code=303)
    return form.page("desk/reverse_receipt.html", receipt=queries.receipt_shown(receipt_id))


def _recorded(form: ReceiptForm, customer: Customer) -> ResponseReturnValue:
    said = form.plain("amount", "received_on", "reference", "note")
    made = receiving.record(customer.code, **said, by=viewer(), on=today())
    flash(f"{money(made.amount, business().currency)} from {customer.name} is recorded", "good")
    return redirect(url_for(".receipt", receipt_id=made.id), code=303)


def _allocating(receipt_id: int) -> tuple[AllocateForm, dict[str, Any]]:
    """What is left of it beside what it could pay, and what it has paid."""
    found = queries.receipt_shown(receipt_id)
    offer = using_receipts.offer(found.customer_id, unused=found.unused, reference=found.reference)
    return AllocateForm.of(offer), {
        "receipt": found,
        "payables": offer.payables if found.unused else [],
        "paid": paid_by([receipt_id]),
        "events": queries.last_events_of(receipt_id),
        "happened": HAPPENED,
    }


def _wanted() -> Asked:
    return asked("show", "customer", sorts=("-received",))


def _sought(wanted: Asked) -> dict[str, str]:
    """What has money left, unless all of them are asked for; a search looks among all."""
    is_all = wanted["show"] == EVERYTHING or wanted["q"]
    return {
        "q": wanted["q"],
        "customer": wanted["customer"].upper(),
        "state": "" if is_all else queries.UNUSED,
    }
