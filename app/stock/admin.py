"""Stock for staff: the list, one product, changing what is on hand, its limits, its ledger."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.stock import service
from app.stock.forms import WHAT_HAPPENED, LimitsForm, MovementForm
from app.stock.queries import ledger, standing
from app.stock.shelf import Shelf
from app.stock.words import StockWord, stock_word
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked

bp = Blueprint("stock_admin", __name__, url_prefix="/desk")

LAST_FEW = 6
# An import knows these heads, or knows that they say nothing to it: this file can go in again, too.
STOCK_AS_CSV: Columns = {
    "SKU": "sku",
    "Name": "name",
    "Shelf": "place",
    "On hand": "on_hand",
    "Held": "reserved",
    "Free": "available",
    "Low at": "low_at",
    "Backorder limit": "backorder_limit",
    "Back on": "back_on",
    "Stock": lambda row: _word_of(row).word,
}
LEDGER_AS_CSV = {
    "When": "at",
    "What": "kind",
    "Change": "delta",
    "On hand after": "balance_after",
    "Reason": "reason",
    "Reference": "ref",
    "By": "actor_name",
}


@bp.get("/stock")
@requires(Permission.ORDERS_READ, staff=True)
def stock() -> ResponseReturnValue:
    wanted = _wanted()
    page = standing.stock_listed(viewer(), **_filter(wanted), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "products", one="product")
    return render_template("stock/list.html", listing=listing, word_of=_word_of)


@bp.get("/stock.csv")
@requires(Permission.ORDERS_READ, staff=True)
def stock_csv() -> ResponseReturnValue:
    rows = standing.every_stock(viewer(), **_filter(_wanted()))
    return csv_of("stock", rows, STOCK_AS_CSV)


@bp.get("/stock/<sku>")
@requires(Permission.ORDERS_READ, staff=True)
def item(sku: str) -> ResponseReturnValue:
    return _item_page(MovementForm(), standing.stock_of(viewer(), sku))


@bp.post("/stock/<sku>")
@requires(Permission.STOCK_WRITE, staff=True)
@once
def move(sku: str) -> ResponseReturnValue:
    row, form = standing.stock_of(viewer(), sku), MovementForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            made = service.MOVES[form.kind.data](row.id, form.amount(), reason=form.reason.data, by=viewer())
            flash(f"On hand went from {made.balance_after - made.delta:,} to {made.balance_after:,}", "good")
            return redirect(url_for(".item", sku=row.sku), code=303)
    return _item_page(form, standing.stock_of(viewer(), sku))


@bp.route("/stock/<sku>/limits", methods=["GET", "POST"])
@requires(Permission.STOCK_WRITE, staff=True)
@once
def limits(sku: str) -> ResponseReturnValue:
    row = standing.stock_of(viewer(), sku)
    form = LimitsForm.of(row)
    if form.validate_on_submit():
        with form.showing_refusals():
            changed = form.limits() | {"version": form.seen_version, "today": today()}
            service.set_limits(row.id, **changed, by=viewer())
            flash("Limits saved", "good")
            return redirect(url_for(".item", sku=row.sku), code=303)
    return _limits_page(form, sku)


@bp.get("/stock/<sku>/ledger")
@requires(Permission.ORDERS_READ, staff=True)
def movements(sku: str) -> ResponseReturnValue:
    row, wanted = standing.stock_of(viewer(), sku), asked(sorts=("-at",))
    page = ledger.movements_listed(row.id, after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "changes", one="change")
    return render_template("stock/ledger.html", stock=row, listing=listing)


@bp.get("/stock/<sku>/ledger.csv")
@requires(Permission.ORDERS_READ, staff=True)
def movements_csv(sku: str) -> ResponseReturnValue:
    row = standing.stock_of(viewer(), sku)
    return csv_of(f"stock-{row.sku}", ledger.every_movement(row.id), LEDGER_AS_CSV)


def _item_page(form: MovementForm, row: Any) -> ResponseReturnValue:
    return form.page(
        "stock/item.html",
        stock=row,
        word=_word_of(row),
        choices=WHAT_HAPPENED,
        last=ledger.movements_listed(row.id, size=LAST_FEW),
        counted_at=ledger.last_counted_at(row.id),
        today=today(),
    )


def _limits_page(form: LimitsForm, sku: str) -> ResponseReturnValue:
    row = standing.stock_of(viewer(), sku)
    form.compare_with(row)
    return form.page("stock/limits.html", stock=row)


def _wanted() -> Asked:
    return asked("standing", sorts=tuple(standing.SORTS))


def _filter(wanted: Asked) -> dict[str, Any]:
    return {
        "q": wanted["q"],
        "standing": wanted["standing"],
        "sort": wanted.sort_name,
        "descending": wanted.is_descending,
    }


def _word_of(row: Any) -> StockWord:
    return stock_word(Shelf.of(row), today())
