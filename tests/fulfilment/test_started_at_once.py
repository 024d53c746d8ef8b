"""Two pickers who begin at the same moment never plan the same units."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.fulfilment.models import ShipmentItem
from app.fulfilment.service import starting
from tests import factories
from tests.fulfilment.moving_goods import confirmed
from tests.orders.ordering import able_to_order, goods
from tests.stock.shelving import filled

PICKERS, ON_HAND, EACH = 6, 20, 8


@pytest.fixture
def numbers(own_app: Flask) -> list[int]:
    """More is ordered than stands there."""
    with own_app.app_context():
        cafe = able_to_order(factories.customer("Copper Kettle Café"))
        loaf = filled(goods("Sourdough", "3.25"), ON_HAND, backorder_limit=100)
        return [confirmed({loaf: EACH}, cafe).number for _ in range(PICKERS)]


def test_what_stands_there_is_planned_once(own_app: Flask, numbers: list[int]) -> None:
    together = Barrier(PICKERS)

    def start(number: int) -> str:
        with own_app.app_context():
            together.wait()
            [outcome] = starting.start([number], by=SYSTEM, at=clock.now())
            return outcome.refusal

    with ThreadPoolExecutor(PICKERS) as pickers:
        refusals = list(pickers.map(start, numbers))
    with own_app.app_context():
        assert db.session.scalar(select(func.sum(ShipmentItem.planned))) == ON_HAND
    assert sorted(refusals) == ["", "", "", *["Nothing of it is on hand. Receive stock first."] * 3]


def test_pickers_who_tick_the_same_orders_never_wait_in_a_circle(own_app: Flask, numbers: list[int]) -> None:
    together = Barrier(PICKERS)

    def start(turn: int) -> int:
        with own_app.app_context():
            ticked = numbers[turn:] + numbers[:turn]
            together.wait()
            return sum(one.shipment is not None for one in starting.start(ticked, by=SYSTEM, at=clock.now()))

    with ThreadPoolExecutor(PICKERS) as pickers:
        begun = list(pickers.map(start, range(PICKERS)))
    with own_app.app_context():
        assert db.session.scalar(select(func.sum(ShipmentItem.planned))) == ON_HAND
    assert sorted(begun) == [*[0] * (PICKERS - 1), 3]
