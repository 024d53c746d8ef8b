"""The buyer's start page: the next order, the last one, and what is on its way."""

from decimal import Decimal
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.orders.credit import Credit
from app.orders.service.quoting import PREPAID
from app.orders.states import IN_PROGRESS
from app.shop.pages.blueprint import bp
from app.shop.pages.todays import todays
from app.shop.queries.orders import under_way
from app.shop.words import what_is_in
from app.web.access import requires, viewer


@bp.get("/")
@requires()
def home() -> ResponseReturnValue:
    if viewer().is_staff:
        return redirect(url_for("desk.today"))
    return render_template("shop/home.html", **(_orders() if viewer().may(Permission.ORDERS_READ) else {}))


def _orders() -> dict[str, Any]:
    """Four questions with the viewer's own."""
    rows = under_way(viewer(), today=today())
    orders = [row for row in rows if row.id is not None]
    return {
        "basket": todays().basket,
        "last": next(iter(orders), None),
        "on_the_way": [row for row in orders if row.status in IN_PROGRESS],
        "what": {row.id: what_is_in(row.names, row.line_count) for row in orders},
        "credit": _credit(rows[0]),
        "overdue": rows[0].overdue,
    }


def _credit(customer: Any) -> Credit | None:
    """Whoever pays in advance has none."""
    if customer.payment_terms == PREPAID:
        return None
    return Credit(customer.credit_limit, Decimal(customer.exposure))
