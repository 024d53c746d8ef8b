"""The desk changes an order, on the same page as its buyer."""

from flask import url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.desk.pages.blueprint import bp
from app.orders.pages import changing
from app.web.access import requires
from app.web.idempotency import once


@bp.route("/desk/orders/<int:number>/change", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, staff=True)
@once
def change_order(number: int) -> ResponseReturnValue:
    return changing(number, back=url_for(".order", number=number))
