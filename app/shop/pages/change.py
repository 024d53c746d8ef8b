"""Changing an order while it is not confirmed yet."""

from flask import url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.orders.pages import changing
from app.shop.pages.blueprint import bp
from app.web.access import requires
from app.web.idempotency import once


@bp.route("/orders/<int:number>/change", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def change_order(number: int) -> ResponseReturnValue:
    return changing(number, back=url_for(".order", number=number))
