"""Where the money of an order stands: one rule for every page, list, file and program."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, not_, or_, union_all

from app.billing.queries.order_money import (
    credited,
    has_open,
    is_authorised,
    is_due_before,
    is_given_back,
    orders_authorised,
    orders_given_back,
    orders_with_open,
    put_aside,
    was_paid,
)
from app.billing.states import PaymentState
from app.orders.states import OrderStatus, PaymentMethod


def payment_state(order: Any, today: ColumnElement[date]) -> ColumnElement[str]:
    """`order` is the model or the columns of its table. The first that is true says it.

    Nearly every order is on account and not invoiced yet: of those nothing else is looked up.
    """
    is_untouched = and_(order.payment_method == PaymentMethod.ACCOUNT.value, order.invoiced == 0)
    is_cancelled = order.status == OrderStatus.CANCELLED.value
    aside = put_aside(order.id)
    is_covered = and_(order.total > 0, not_(is_cancelled), order.invoiced + aside >= order.total)
    return case(
        (and_(is_untouched, not_(is_cancelled), order.total > 0), PaymentState.UNPAID.value),
        (has_open(order.id, is_due_before(today)), PaymentState.OVERDUE.value),
        (has_open(order.id), PaymentState.DUE.value),
        (
            is_given_back(order.id),
            case(
                (order.invoiced - credited(order.id) + aside > 0, PaymentState.PART_REFUNDED.value),
                (was_paid(order.id), PaymentState.REFUNDED.value),
                else_=PaymentState.NOTHING_DUE.value,
            ),
        ),
        (or_(is_covered, and_(is_cancelled, aside > 0)), PaymentState.PAID.value),
        (or_(is_cancelled, order.total == 0), PaymentState.NOTHING_DUE.value),
        (is_authorised(order.id), PaymentState.AUTHORISED.value),
        else_=PaymentState.UNPAID.value,
    )


def is_paid_like(order: Any, wanted: str, today: ColumnElement[date]) -> list[ColumnElement[bool]]:
    """`wanted` is a way to pay, for what is unpaid, or a state.

    The rule itself walks row by row: what comes before it finds the few rows that can be meant.
    """
    if wanted in set(PaymentMethod):
        near = and_(order.payment_method == wanted, order.invoiced < order.total)
        return [near, payment_state(order, today) == PaymentState.UNPAID.value]
    state = PaymentState(wanted)
    return [_can_be(order, state, today), payment_state(order, today) == state.value]


def _can_be(order: Any, state: PaymentState, today: ColumnElement[date]) -> ColumnElement[bool]:
    is_cancelled = order.status == OrderStatus.CANCELLED.value
    back = order.id.in_(union_all(*orders_given_back()))
    near: dict[PaymentState, ColumnElement[bool]] = {
        PaymentState.UNPAID: order.invoiced < order.total,
        PaymentState.AUTHORISED: order.id.in_(orders_authorised()),
        PaymentState.PAID: order.total > 0,
        PaymentState.PART_REFUNDED: back,
        PaymentState.REFUNDED: back,
        PaymentState.DUE: order.id.in_(orders_with_open()),
        PaymentState.OVERDUE: order.id.in_(orders_with_open(is_due_before(today))),
        PaymentState.NOTHING_DUE: or_(is_cancelled, order.total == 0, back),
    }
    return near[state]
