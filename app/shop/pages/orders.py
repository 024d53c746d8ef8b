"""Everything that a buyer's company has ordered."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.orders.words import hold_of, payment_of, stage_of
from app.shop.pages.blueprint import bp
from app.shop.queries import orders as queries
from app.shop.words import STATES, what_is_in
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.listing import Asked, Listing, asked

IN_A_FILE: Columns = {
    "Order": "number",
    "Placed": "created_at",
    "By": "buyer_name",
    "Reference": "po_number",
    "State": lambda row: stage_of(row).word,
    "On hold": lambda row: (hold := hold_of(row)) and hold.word,
    "Payment": lambda row: payment_of(row).word,
    "Delivery day": "promised_on",
    "Lines": "line_count",
    "Goods": "subtotal_net",
    "Delivery": "delivery_net",
    "VAT": "tax_total",
    "Total": "total",
    "Currency": "currency",
}


@bp.get("/orders")
@requires(Permission.ORDERS_READ, buyers=True)
def orders() -> ResponseReturnValue:
    wanted = _wanted()
    page = queries.orders_of(
        viewer(), **_sought(wanted), today=today(), after=wanted.after, before=wanted.before
    )
    names = queries.first_names([row.id for row in page.rows]) if page.rows else {}
    return render_template(
        "shop/orders.html",
        listing=Listing(page, wanted, "orders", one="order"),
        what={row.id: what_is_in(names.get(row.id, ()), row.line_count) for row in page.rows},
        states=STATES,
    )


@bp.get("/orders.csv")
@requires(Permission.ORDERS_READ, buyers=True)
def orders_csv() -> ResponseReturnValue:
    rows = queries.every_order(viewer(), **_sought(_wanted()), today=today())
    return csv_of("orders", rows, IN_A_FILE)


def _wanted() -> Asked:
    return asked("state", sorts=("-number",))


def _sought(wanted: Asked) -> dict[str, str]:
    return {"q": wanted["q"], "state": wanted["state"]}
