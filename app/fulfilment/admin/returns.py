"""What comes back: the list, and answering, receiving and settling one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.billing.queries.credits import credits_for_return
from app.core import clock
from app.core.access import Permission
from app.fulfilment.admin.blueprint import bp
from app.fulfilment.forms import CloseForm, DecideForm, ReceiveForm
from app.fulfilment.models import Return, ReturnStatus
from app.fulfilment.moves import return_moves_open
from app.fulfilment.queries import returns as queries
from app.fulfilment.queries.lines import lines_of_return
from app.fulfilment.service import returning
from app.fulfilment.words import RETURNS
from app.orders.models import Order
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.forms import Form
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked


class Seen(NamedTuple):
    """A return with its order, its lines, and the credit notes for it."""

    asked: Return
    order: Order
    lines: Sequence[Any]
    credit_notes: Sequence[str]


AS_CSV: Columns = {
    "Return": "number",
    "Order": "order_number",
    "Customer": "company",
    "Asked": "created_at",
    "Asked by": "requested_by_name",
    "Reason": "reason",
    "Status": lambda row: RETURNS[ReturnStatus(row.status)].word,
    "Answered": "decided_at",
    "Answer": "decision",
    "Received": "received_at",
    "Settled": "closed_at",
}


@bp.get("/returns")
@requires(Permission.ORDERS_READ, staff=True)
def returns() -> ResponseReturnValue:
    wanted = _wanted()
    page = queries.returns_listed(viewer(), **_filter(wanted), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "returns", one="return")
    return render_template("fulfilment/admin/returns.html", listing=listing, words=RETURNS)


@bp.get("/returns.csv")
@requires(Permission.ORDERS_READ, staff=True)
def returns_csv() -> ResponseReturnValue:
    return csv_of("returns", queries.every_return(viewer(), **_filter(_wanted())), AS_CSV)


@bp.get("/returns/<int:return_id>")
@requires(Permission.ORDERS_READ, staff=True)
def return_page(return_id: int) -> ResponseReturnValue:
    seen = _seen(return_id)
    return _page(_form_for(seen), seen)


def _form_for(seen: Seen) -> Form:
    """What comes next for it."""
    if seen.asked.status == ReturnStatus.APPROVED:
        return ReceiveForm.of(seen.lines)
    return CloseForm() if seen.asked.status == ReturnStatus.RECEIVED else DecideForm()


@bp.route("/returns/<int:return_id>/decide", methods=["GET", "POST"])
@requires(Permission.ORDERS_REFUND, staff=True)
@once
def decide_return(return_id: int) -> ResponseReturnValue:
    form, is_approved = DecideForm(), request.form.get("do") == "approve"
    if form.validate_on_submit():
        with form.showing_refusals():
            said = form.plain("decision") | {"by": viewer(), "at": clock.now()}
            done = returning.decide(return_id, is_approved=is_approved, **said)
            word = "approved" if is_approved else "turned down"
            return _said(f"Return {done.number} is {word}", return_id)
    return _page(form, _seen(return_id))


@bp.route("/returns/<int:return_id>/receive", methods=["GET", "POST"])
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def receive_return(return_id: int) -> ResponseReturnValue:
    form = ReceiveForm.of(_seen(return_id).lines)
    if form.validate_on_submit():
        with form.showing_refusals():
            done = returning.receive(return_id, **form.came(), by=viewer(), at=clock.now())
            return _said(f"Return {done.number} is received", return_id)
    return _page(form, _seen(return_id))


@bp.route("/returns/<int:return_id>/close", methods=["GET", "POST"])
@requires(Permission.ORDERS_REFUND, staff=True)
@once
def close_return(return_id: int) -> ResponseReturnValue:
    form = CloseForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            done = returning.close(return_id, **form.plain("reason"), by=viewer(), at=clock.now())
            return _said(f"Return {done.number} is settled without a refund", return_id)
    return _page(form, _seen(return_id))


def _said(words: str, return_id: int) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for(".return_page", return_id=return_id), code=303)


def _page(form: Form, seen: Seen) -> ResponseReturnValue:
    moves = return_moves_open(seen.asked.status, viewer())
    return form.page("fulfilment/admin/return.html", **seen._asdict(), moves=moves, words=RETURNS)


def _seen(return_id: int) -> Seen:
    asked_for, order = queries.return_with_order(viewer(), return_id)
    return Seen(asked_for, order, lines_of_return(return_id), credits_for_return(return_id))


def _wanted() -> Asked:
    return asked("status", sorts=("-asked",))


def _filter(wanted: Asked) -> dict[str, Any]:
    status = wanted["status"] if wanted["status"] in set(ReturnStatus) else ""
    return {"q": wanted["q"], "status": status}
