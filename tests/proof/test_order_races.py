"""Many at once on orders: nothing is sold twice, placed twice, freed twice or lost, and nobody waits in a circle."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Customer
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import Refusal, Stale
from app.core.outbox import OutboxMessage
from app.fulfilment.models import Shipment
from app.fulfilment.service import packing, sending
from app.operations import checks
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving, placing
from app.orders.service.quoting import Terms
from app.orders.states import Channel
from app.stock.shortage import OutOfStock
from tests import factories
from tests.accounts.program import Program, signed_in
from tests.orders.ordering import able_to_order, as_it_is, goods, placed
from tests.orders.standing import confirmed, opened, sent
from tests.proof.test_stock_races import crowd, unexpected
from tests.shop.ordering import fields_of, fill
from tests.stock.shelving import filled, shelf

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient_but_with_one_try")]

UNITS, BUYERS, CLIENTS, REPEATS = 100, 400, 64, 2
KEYS, TIMES = 20, 50
RACED = 200


@pytest.fixture
def bakery(own_app: Flask) -> Flask:
    with own_app.app_context():
        factories.user("Hana Whitlock", role="admin")
        factories.delivery_method("North round", price_net="4.50")
        db.session.remove()
    return own_app


def cafe(name: str = "Copper Kettle Café", **agreed: Any) -> Customer:
    return able_to_order(factories.customer(name), **({"credit_limit": 100_000} | agreed))


def ordered(wanted: dict[int, int], customer_id: int) -> Order:
    """By numbers alone: what the test holds belongs to its own connection."""
    at = clock.now()
    return placing.place(
        wanted, customer_id=customer_id, terms=Terms(), channel=Channel.WEB, by=SYSTEM, at=at
    )


def wrong() -> list[Any]:
    """Every invariant that does not hold."""
    db.session.rollback()
    return [verdict for verdict in checks.run_all() if not verdict.holds]


def count(question: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(question)) or 0


def test_of_the_last_hundred_units_four_hundred_orders_get_exactly_a_hundred(bakery: Flask) -> None:
    with bakery.app_context():
        cafes = [cafe(f"Café {'ABCDEFGH'[number]}").id for number in range(8)]
        for number in range(REPEATS):
            loaf = filled(goods(f"Loaf {number}"), UNITS)
            works = [partial(ordered, {loaf.id: 1}, cafes[one % 8]) for one in range(BUYERS)]
            ends = crowd(bakery, CLIENTS, works)
            assert Counter(map(type, ends)) == {Order: UNITS, OutOfStock: BUYERS - UNITS}
            told = {end.message for end in ends if isinstance(end, OutOfStock)}
            assert told == {f"Loaf {number} is out of stock."}
            assert shelf(loaf)[:2] == (UNITS, UNITS)
        assert count(Order) == REPEATS * UNITS
        assert wrong() == []


def test_one_key_fifty_times_at_once_makes_one_order_and_fifty_equal_answers(bakery: Flask) -> None:
    with bakery.app_context():
        loaf = filled(goods("Loaf"), 1000)
        maya = factories.user("Maya Osei", role="customer_admin", of=cafe())
        credential = signed_in(bakery, maya).credential
        body = {"items": [{"sku": loaf.sku, "quantity": 2}]}

        def ask(key: int) -> tuple[int, str]:
            mine = Program(bakery, credential)
            answer = mine.post("/orders", body, Idempotency_Key=f"till-{key}")
            return answer.status_code, answer.text

        ends = crowd(bakery, TIMES, [partial(ask, key) for key in range(KEYS) for _ in range(TIMES)])
        assert unexpected(ends) == []
        assert {status for status, _ in ends} == {201}
        assert Counter(Counter(text for _, text in ends).values()) == {TIMES: KEYS}
        received = select(OutboxMessage).where(OutboxMessage.topic == "orders.mail_received").subquery()
        assert (count(Order), count(received), shelf(loaf).reserved) == (KEYS, KEYS, 2 * KEYS)
        assert wrong() == []


def test_a_form_sent_ten_times_at_once_places_one_order(bakery: Flask) -> None:
    with bakery.app_context():
        loaf = filled(goods("Loaf"), 100)
        maya = factories.user("Maya Osei", role="customer_admin", of=cafe())
        browser = bakery.test_client().signed_in(maya)
        fill(browser, {loaf: 3})
        fields = fields_of(browser.get("/checkout")) | {"do": "place", "csrf_token": browser.csrf_token()}
        session = browser.get_cookie("docket_session").value

        def click() -> tuple[int, str]:
            tab = bakery.test_client()
            tab.set_cookie("docket_session", session)
            answer = tab.post("/checkout", data=fields)
            return answer.status_code, answer.location

        ends = crowd(bakery, 10, [click] * 10)
        assert Counter(ends) == {(303, f"/orders/{db.session.scalar(select(Order.number))}"): 10}
        assert (count(Order), shelf(loaf).reserved) == (1, 3)


def test_colleagues_who_send_one_and_the_same_form_place_one_order(bakery: Flask) -> None:
    with bakery.app_context():
        loaf, company = filled(goods("Loaf"), 100), cafe()
        people = [
            factories.user(name, role="customer_admin", of=company) for name in ("Maya Osei", "Ben Okoro")
        ]
        tills = [bakery.test_client().signed_in(person) for person in people]
        for till in tills:
            fill(till, {loaf: 3})
        forms = [
            fields_of(till.get("/checkout")) | {"do": "place", "csrf_token": till.csrf_token()}
            for till in tills
        ]
        forms[1]["once"] = forms[0]["once"]
        sessions = [till.get_cookie("docket_session").value for till in tills]

        def click(one: int) -> tuple[int, str]:
            tab = bakery.test_client()
            tab.set_cookie("docket_session", sessions[one])
            answer = tab.post("/checkout", data=forms[one])
            return answer.status_code, answer.location

        ends = crowd(bakery, 2, [partial(click, one) for one in range(2)])
        assert Counter(ends) == {(303, f"/orders/{db.session.scalar(select(Order.number))}"): 2}
        assert (count(Order), shelf(loaf).reserved) == (1, 3)


def as_far_as(stage: int, order: Order) -> Order:
    """Placed, confirmed, being picked, packed, or partly sent."""
    if stage > 0:
        confirmed(order)
    if stage in (2, 3):
        shipment = opened(order)
        if stage == 3:
            packing.pack(shipment.id, by=SYSTEM, at=clock.now())
    if stage == 4:
        sent(order, {1: 1})
    return order


def everything_at_once(order: Order, loaf_id: int) -> list[Callable[[], Any]]:
    number, order_id, version, now = order.number, order.id, order.version, {"by": SYSTEM, "at": clock.now()}

    def ship() -> Shipment:
        open_one = select(func.max(Shipment.id)).where(Shipment.order_id == order_id)
        return sending.ship(db.session.scalar(open_one) or 0, **now)

    return [
        partial(moving.confirm, number, **now),
        partial(moving.cancel, number, reason="Wrong day", **now),
        partial(moving.cancel_remainder, number, reason="None left", **now),
        partial(amending.amend, number, Changes(items={loaf_id: 1}), version=version, **now),
        partial(packing.open_shipment, number, **now),
        ship,
    ]


def test_all_that_can_become_of_two_hundred_orders_at_once_is_a_legal_walk_for_each(bakery: Flask) -> None:
    chance = random.Random(20261121)
    with bakery.app_context():
        loaf, buns = filled(goods("Loaf"), 5000), filled(goods("Buns"), 5000)
        cafes = [cafe(f"Café {'ABCDEFGH'[number]}") for number in range(8)]
        orders = [as_far_as(one % 5, placed({loaf: 2, buns: 3}, cafes[one % 8])) for one in range(RACED)]
        works: list[Callable[[], Any]] = []
        for order in orders:
            verbs = everything_at_once(order, loaf.id)
            works += chance.sample(verbs, len(verbs))
        ends = crowd(bakery, 8, works)
        assert unexpected(ends, Refusal) == []
        assert sum(not isinstance(end, Exception) for end in ends) > RACED // 2
        assert wrong() == []
        steps = AuditEvent.action.in_(
            f"order.{step}" for step in ("placed", "confirmed", "shipped", "cancelled")
        )
        twice = select(AuditEvent.entity_id).where(steps).group_by(AuditEvent.entity_id, AuditEvent.action)
        assert db.session.scalars(twice.having(func.count() > 1)).all() == []


def test_of_twenty_orders_at_once_those_that_fit_the_credit_are_free(bakery: Flask) -> None:
    with bakery.app_context():
        loaf = filled(goods("Loaf", "79.50"), 100)
        kettle = cafe(credit_limit=750)  # with delivery and VAT, each comes to 100.80
        ends = crowd(bakery, 20, [partial(ordered, {loaf.id: 1}, kettle.id)] * 20)
        assert unexpected(ends) == []
        assert Counter(order.hold_reason for order in ends) == {None: 7, "credit": 13}
        assert wrong() == []


def test_of_eight_editors_one_is_first_and_the_others_are_told(bakery: Flask) -> None:
    with bakery.app_context():
        loaf = filled(goods("Loaf"), 1000)
        order = placed({loaf: 10}, cafe())
        number, product_id = order.number, loaf.id
        for turn in range(10):
            version = as_it_is(order).version

            def edit(quantity: int, version: int = version, turn: int = turn) -> Order:
                changes = Changes(items={product_id: quantity}, notes=f"{quantity} of them, {turn}")
                return amending.amend(number, changes, version=version, by=SYSTEM, at=clock.now())

            ends = crowd(bakery, 8, [partial(edit, quantity) for quantity in range(11, 19)])
            assert unexpected(ends, Stale) == []
            [won] = [end.notes for end in ends if isinstance(end, Order)]
            kept = as_it_is(order)
            assert kept.notes == won == f"{kept.items[0].wanted} of them, {turn}"
        assert wrong() == []
