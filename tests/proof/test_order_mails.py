"""Three hundred orders while workers are killed and Redis forgets: each is confirmed to its buyer, once."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.database import db
from app.core.outbox import OutboxMessage
from tests import factories
from tests.orders.ordering import able_to_order, buying, goods, placed
from tests.proof.tree import Bench, Tree, bench, eventually
from tests.smtp_sink import SmtpSink, smtp_sink
from tests.stock.shelving import filled

pytestmark = pytest.mark.proof

ORDERS, KILLS, FORGETS = 300, 20, 5
RECEIVED = "orders.mail_received"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as found:
        yield found


@pytest.fixture
def house(own_database: str, sink: SmtpSink, tmp_path: Path) -> Iterator[Bench]:
    with bench(own_database, sink.url, tmp_path) as found:
        yield found


def place_all(app: Flask) -> None:
    with app.app_context():
        factories.delivery_method("North round")
        kettle = able_to_order(factories.customer("Copper Kettle Café"), credit_limit=100_000)
        maya = buying(factories.user("Maya Osei", role="customer_admin", of=kettle))
        loaf = filled(goods("Loaf"), 10 * ORDERS)
        for _ in range(ORDERS):
            placed({loaf: 1}, kettle, by=maya)


def noted(app: Flask, *conditions: object) -> set[str]:
    """The mails to buyers, as the mail server knows them."""
    with app.app_context():
        rows = db.session.scalars(
            select(OutboxMessage.id).where(OutboxMessage.topic == RECEIVED, *conditions)
        ).all()
        return {f"promise-{number}" for number in rows}


def arrived(sink: SmtpSink) -> Counter[str]:
    return Counter(str(letter["Message-ID"]).strip("<").partition("@")[0] for letter in list(sink.letters))


def kill_somebody(tree: Tree, dice: random.Random) -> None:
    """One of those who work; the others find out by themselves."""
    victims = tree.horses or tree.children
    if victims:
        os.kill(dice.choice(victims), signal.SIGKILL)


def test_three_hundred_orders_are_confirmed_once_each(own_app: Flask, house: Bench, sink: SmtpSink) -> None:
    dice, window = random.Random(20261121), set()
    sink.delay = 0.01
    tree = house.worker()
    eventually(house.hands_are_at_work)
    ordering = Thread(target=place_all, args=(own_app,))
    ordering.start()
    for turn in range(KILLS):
        mark = len(sink.letters) + dice.randint(3, 12)
        eventually(lambda mark=mark: len(sink.letters) >= mark)
        kill_somebody(tree, dice)
        if turn % (KILLS // FORGETS) == 0:
            house.valkey.client.flushall()
        time.sleep(0.2)  # what was on the wire arrives
        window |= noted(own_app, OutboxMessage.done_at.is_(None)) & set(arrived(sink))
        house.a_minute_passes()
    ordering.join()
    sink.delay = 0.0
    house.a_minute_passes()
    eventually(house.all_kept(RECEIVED), within=60)
    every = noted(own_app)
    sent = Counter({key: times for key, times in arrived(sink).items() if key in every})
    assert (len(every), set(sent)) == (ORDERS, every)
    assert {key for key, times in sent.items() if times > 1} <= window
    assert len(window) <= KILLS, "one promise for each that was killed"
