"""Twenty orders at once against one limit: exactly those that fit are free, the rest wait for credit."""

from collections import Counter
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from app.billing.service import receiving
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.errors import Refused
from app.orders.models import Order
from app.orders.queries.credit import credit_of
from app.orders.service import placing
from app.orders.service.quoting import Terms
from app.orders.states import Channel, PaymentMethod
from tests import factories
from tests.billing.owing import came_in, invoice_for, still_open, unused
from tests.orders.ordering import able_to_order, goods
from tests.proof.test_stock_races import crowd, unexpected
from tests.stock.shelving import filled

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient_but_with_one_try")]

AT_ONCE, FIT, LOAVES = 20, 7, 5
ONE, LIMIT = Decimal("19.50"), Decimal("140.00")  # the eighth would make £156.00


def ordered(product_id: int, customer_id: int) -> None:
    placing.place(
        {product_id: LOAVES},
        customer_id=customer_id,
        terms=Terms(payment_method=PaymentMethod.ACCOUNT),
        channel=Channel.WEB,
        by=SYSTEM,
        at=clock.now(),
    )


def test_of_twenty_orders_at_once_exactly_those_that_fit_are_free(own_app: Flask) -> None:
    with own_app.app_context():
        cafe = able_to_order(factories.customer("Copper Kettle Café"), credit_limit=LIMIT)
        loaf = filled(goods("Sourdough", "3.25"), AT_ONCE * LOAVES)
        ends = crowd(own_app, AT_ONCE, [partial(ordered, loaf.id, cafe.id)] * AT_ONCE)
        assert unexpected(ends) == []
        db.session.rollback()
        holds = Counter(db.session.scalars(select(Order.hold_reason)))
        assert holds == {None: FIT, "credit": AT_ONCE - FIT}
        assert credit_of(cafe).used == FIT * ONE


def test_a_receipt_that_many_allocate_at_once_is_used_once(own_app: Flask) -> None:
    with own_app.app_context():
        cafe = able_to_order(factories.customer("Copper Kettle Café"))
        invoice = invoice_for({filled(goods("Sourdough", "3.25"), 10): 10}, cafe)
        receipt = came_in("25.00", cafe)
        ten = {invoice.number: Decimal(10)}
        allocate = partial(receiving.allocate, receipt.id, ten, by=SYSTEM, on=today())
        ends = crowd(own_app, AT_ONCE, [allocate] * AT_ONCE)
        assert unexpected(ends, Refused) == []
        assert (unused(receipt), still_open(invoice)) == (Decimal(5), Decimal(19))
