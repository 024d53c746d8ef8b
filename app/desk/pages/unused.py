"""Money that pays nothing yet, of a credit note or a card payment: used for invoices; and paid back by bank."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.billing.models import Invoice, Receipt
from app.billing.queries.money import Source, SourceKind
from app.billing.queries.unused import Unused, company_of, unused_of
from app.billing.service import spending
from app.billing.suggestion import Payable, suggested
from app.core.access import Permission
from app.core.business import business, today
from app.core.money import money
from app.desk.forms.receipts import AllocateForm, PayBackForm
from app.desk.pages.blueprint import bp
from app.orders.service.using_receipts import Offer
from app.web.access import requires, viewer
from app.web.idempotency import once


@bp.route("/desk/unused/<any(credit,payment):source>/<int:row_id>", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@once
def use_money(source: str, row_id: int) -> ResponseReturnValue:
    found = unused_of(Source(SourceKind(source), row_id))
    form, payables = _using(found)
    if form.validate_on_submit():
        with form.showing_refusals():
            spending.spend(found.source, form.amounts(), by=viewer(), on=today())
            return _back_from(found, f"{money(form.total, business().currency)} is used")
    return form.page("desk/use_money.html", payables=payables, **_shown(found))


@bp.route("/desk/unused/<any(receipt,credit,payment):source>/<int:row_id>/pay-back", methods=["GET", "POST"])
@requires(Permission.ACCOUNTS_WRITE, staff=True)
@once
def pay_back_money(source: str, row_id: int) -> ResponseReturnValue:
    money_of, form = Source(SourceKind(source), row_id), PayBackForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            said = form.plain("seen", "reason")
            done = spending.pay_back(money_of, **said, by=viewer(), on=today())
            told = f"{money(done.amount, business().currency)} is noted as paid back by bank"
            return _back_from(unused_of(money_of), told)
    return form.page("desk/pay_back_money.html", **_shown(unused_of(money_of)))


def _using(found: Unused) -> tuple[AllocateForm, list[Payable]]:
    """The customer's open invoices, filled in as it fits them best."""
    payables = spending.could_pay(found)
    return AllocateForm.of(Offer(payables, suggested(found.left, "", payables))), payables


def _shown(found: Unused) -> dict[str, Any]:
    return {"found": found, "company": company_of(found), "name": _name(found), "page": _page(found)}


def _name(found: Unused) -> str:
    if isinstance(found.row, Invoice):
        return found.row.number
    what = "receipt" if isinstance(found.row, Receipt) else "card payment"
    return f"the {what} of {money(found.row.amount, business().currency)}"


def _page(found: Unused) -> str:
    """Where it is shown with what it has paid; a card payment has no page of its own."""
    if isinstance(found.row, Invoice):
        return url_for("money.invoice", number=found.row.number)
    if isinstance(found.row, Receipt):
        return url_for(".receipt", receipt_id=found.row.id)
    return url_for(".use_money", source=found.source.kind, row_id=found.row.id)


def _back_from(found: Unused, told: str) -> ResponseReturnValue:
    flash(told, "good")
    return redirect(_page(found), code=303)
