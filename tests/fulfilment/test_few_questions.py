"""The warehouse asks the database as often for twelve orders as for two."""

from collections.abc import Callable

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.fulfilment.service import starting
from app.orders.models import Order
from tests import factories
from tests.accounts.program import signed_in
from tests.fulfilment.moving_goods import approved, confirmed, packed, picking, sent
from tests.orders.ordering import goods
from tests.statements import noted
from tests.stock.shelving import filled


@pytest.fixture
def orders(cafe) -> Callable[[int], list[Order]]:
    """So many, each of three lines."""
    wanted = {filled(goods(name), 500): 2 for name in ("Rye", "Wheat", "Oats")}
    return lambda count: [confirmed(wanted, cafe) for _ in range(count)]


@pytest.mark.parametrize("path", ["/desk/shipments/slips", "/desk/pick/list"])
def test_papers_of_twelve_shipments_ask_no_more_than_those_of_two(picker, orders, path):
    counts = []
    for count in (2, 12):
        made = [picking(order) for order in orders(count)]
        query = "&".join(f"shipment={one.id}" for one in made)
        picker.get(f"{path}?{query}")
        with noted() as asked:
            assert made[-1].number in picker.get(f"{path}?{query}").text
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 5, asked


def test_picking_begins_with_few_questions_for_each_order(orders):
    counts = []
    for count in (2, 12):
        numbers = [order.number for order in orders(count)]
        with noted() as asked:
            started = starting.start(numbers, by=SYSTEM, at=clock.now())
        assert all(one.shipment for one in started)
        counts.append(len(asked))
    assert counts[0] <= 12
    assert counts[1] - counts[0] <= 10 * 3, asked


@pytest.mark.parametrize("stage", [picking, packed, sent])
def test_a_shipment_is_shown_with_few_questions(picker, orders, stage):
    [order] = orders(1)
    path = f"/desk/shipments/{stage(order).id}"
    picker.get(path)
    with noted() as asked:
        assert picker.get(path).status_code == 200
    assert len(asked) <= 5, asked


def test_a_return_is_shown_with_few_questions(as_user, context, orders):
    [order] = orders(1)
    sent(order)
    path = f"/desk/returns/{approved(order, {1: 1}).id}"
    desk = as_user(factories.user("Amir Shah", role="accounts"))
    desk.get(path)
    with noted() as asked:
        assert desk.get(path).status_code == 200
    assert len(asked) <= 3, asked


def test_a_program_says_with_few_questions_that_a_shipment_arrived(context, wanda, orders):
    program, [order] = signed_in(context, wanda), orders(1)
    gone = sent(order)
    with noted() as asked:
        answer = program.post(f"/shipments/{gone.id}/deliver", Idempotency_Key="one")
    assert answer.json["data"]["status"] == "delivered"
    assert len(asked) <= 14, asked
