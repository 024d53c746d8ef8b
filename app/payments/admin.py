"""What the desk does about card payments."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.errors import Refusal
from app.orders.queries.orders import order_seen_by
from app.payments.parts import answering, cards
from app.payments.queries import payments
from app.payments.service import asking
from app.web.access import requires, viewer

bp = Blueprint("payments_admin", __name__, url_prefix="/desk")


@bp.post("/orders/<int:number>/ask-gateway")
@requires(Permission.ORDERS_CONFIRM, staff=True)
def ask_gateway(number: int) -> ResponseReturnValue:
    """Asking twice changes nothing: what stands is what the gateway says."""
    order = order_seen_by(viewer(), number)
    problems = {_look_again(payment.id) for payment in payments.payments_of(order.id)} - {""}
    for problem in sorted(problems):
        flash(problem, "warn")
    if not problems:
        flash("The card gateway was asked. This is what it says.", "good")
    return redirect(url_for("desk.order", number=number), code=303)


def _look_again(payment_id: int) -> str:
    """What stood against it: the next payment is asked about all the same."""
    try:
        with answering():
            asking.look_again(payment_id, cards=cards(), at=clock.now())
    except Refusal as refusal:
        return refusal.message
    return ""
