"""An import beside the shop: orders take while it commits, and a worker that is killed leaves nothing half done."""

import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app import create_app
from app.core.access import SYSTEM
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.imports.service import sending
from app.jobs import perform_all
from app.local.embedded import Servers
from app.stock import invariants
from app.stock.queries import changes
from tests.conftest import settings_for_tests
from tests.proof.tree import Bench, bench, eventually

pytestmark = pytest.mark.proof

PRODUCTS = 8_000
FILES = "files"


@pytest.fixture
def shop(own_database: str, running_servers: Servers, tmp_path: Path) -> Iterator[Flask]:
    given = settings_for_tests(
        running_servers, database_url=own_database, database_pool=50, files_dir=tmp_path / FILES
    )
    app = create_app(given)
    with app.app_context(), db.engine.begin() as connection:
        for table in ("product", "stock_item", "stock_movement", "import_row", "import_job", "audit_event"):
            # A vacuum in a database that is dropped would be in the way of the next test.
            connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))
        connection.execute(text("INSERT INTO category (name, slug) VALUES ('Coffee', 'coffee')"))
        connection.execute(text("INSERT INTO tax_class (code, name) VALUES ('standard', 'Standard')"))
        connection.execute(
            text(
                "INSERT INTO product (sku, name, category_id, tax_class_id, status) SELECT 'SKU-' || n, 'Thing ' || n,"
                " category.id, tax_class.id, 'active' FROM category, tax_class, generate_series(1, :many) n"
            ),
            {"many": PRODUCTS},
        )
        connection.execute(
            text(
                "INSERT INTO stock_movement (product_id, delta, kind, balance_after, actor, actor_name)"
                " SELECT id, 1000, 'receive', 1000, 'system', 'Docket' FROM product"
            )
        )
        connection.execute(text("INSERT INTO stock_item (product_id, on_hand) SELECT id, 1000 FROM product"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def house(own_database: str, shop: Flask, tmp_path: Path) -> Iterator[Bench]:
    with bench(own_database, "smtp://127.0.0.1:9", tmp_path, FILES_DIR=str(tmp_path / FILES)) as found:
        yield found


def sent(app: Flask, on_hand: int) -> int:
    content = "sku,on_hand\n" + "".join(f"SKU-{n},{on_hand}\n" for n in range(PRODUCTS, 0, -1))
    files = app.extensions["gateways"].files
    kept = files.keep(BytesIO(content.encode()), largest=10_000_000)
    return sending.begin(kind="stock", filename="count.csv", file=kept.name, by=SYSTEM).id


def state(import_id: int) -> str:
    return str(
        db.session.execute(text("SELECT state FROM import_job WHERE id = :id"), {"id": import_id}).scalar()
    )


@pytest.mark.alone
def test_orders_placed_during_a_commit_all_succeed(shop: Flask, house: Bench) -> None:
    """Each takes three products in ascending order, as a checkout does, again and again until it is over."""
    with shop.app_context():
        ids = list(db.session.scalars(text("SELECT id FROM product ORDER BY id")))
        import_id = sent(shop, 900)
        perform_all()
        sending.commit(import_id, by=SYSTEM)
    is_over, taken, refused, waits = threading.Event(), [], [], []

    def order(product_ids: list[int]) -> None:
        for product_id in product_ids:
            assert changes.take(product_id, 1)

    def buy(number: int) -> None:
        with shop.app_context():
            turn = 0
            while not is_over.is_set():
                turn += 1
                some = sorted({ids[(number * 977 + turn * 31 * step) % len(ids)] for step in (1, 2, 3)})
                began = time.monotonic()
                try:
                    in_one_transaction(lambda some=some: order(some))
                    taken.append(len(some))
                except Exception as error:
                    refused.append(error)
                waits.append(time.monotonic() - began)

    buyers = [threading.Thread(target=buy, args=(number,)) for number in range(8)]
    for buyer in buyers:
        buyer.start()
    house.worker()
    try:
        eventually(lambda: house.ask("SELECT state FROM import_job") != "committing", within=120)
    finally:
        is_over.set()
        for buyer in buyers:
            buyer.join()
    with shop.app_context():
        assert state(import_id) == "committed"
        assert taken
        assert refused == []
        assert max(waits) < 1.2
        figures = db.session.execute(
            text("SELECT sum(reserved), min(on_hand), max(on_hand) FROM stock_item")
        ).one()
        assert tuple(figures) == (sum(taken), 900, 900)
        assert [finding for one in invariants.INVARIANTS for finding in one.findings()] == []


def test_a_shelf_that_moves_while_the_import_is_written_stops_all_of_it(
    shop: Flask, own_database: str
) -> None:
    """It still stood as it was judged when the commit looked first; the last statement looks again."""
    engine = create_engine(own_database)
    with shop.app_context(), engine.connect() as somebody_else:
        import_id = sent(shop, 900)
        perform_all()
        sending.commit(import_id, by=SYSTEM)
        moved = text("UPDATE stock_item SET on_hand = 999 WHERE product_id = (SELECT max(id) FROM product)")
        somebody_else.execute(moved)
        worker = threading.Thread(target=work, args=(shop,))
        worker.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        eventually(lambda: somebody_else.execute(waiting).scalar())
        somebody_else.commit()
        worker.join()
        assert state(import_id) == "read"
        assert db.session.execute(text("SELECT count(*) FROM stock_movement")).scalar() == PRODUCTS
        assert db.session.execute(text("SELECT min(on_hand) FROM stock_item")).scalar() == 999
    engine.dispose()


def work(app: Flask) -> None:
    with app.app_context():
        perform_all()


@pytest.mark.parametrize("topic", ["imports.read", "imports.commit", "imports.undo"])
def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_it_goes_on(
    shop: Flask, house: Bench, topic: str
) -> None:
    with shop.app_context():
        import_id = sent(shop, 900)
        for verb, wanted in ((sending.commit, "imports.commit"), (sending.undo, "imports.undo")):
            if topic >= wanted and topic != "imports.read":
                perform_all()
                verb(import_id, by=SYSTEM)
    before = figures(house)
    killed(house, import_id)
    assert figures(house) == before
    house.a_minute_passes()
    house.worker()
    ends = {"imports.read": "read", "imports.commit": "committed", "imports.undo": "undone"}
    eventually(lambda: house.ask("SELECT state FROM import_job WHERE id = :id", id=import_id) == ends[topic])
    assert house.ask("SELECT count(*) FROM import_row") == PRODUCTS
    wanted = {"imports.read": 1000, "imports.commit": 900, "imports.undo": 1000}[topic]
    assert house.ask("SELECT min(on_hand) FROM stock_item") == wanted
    with shop.app_context():
        assert [finding for one in invariants.INVARIANTS for finding in one.findings()] == []


def figures(house: Bench) -> tuple[int, ...]:
    return tuple(
        house.ask(question)
        for question in (
            "SELECT sum(on_hand) FROM stock_item",
            "SELECT count(*) FROM stock_movement",
            "SELECT count(*) FROM audit_event",
            "SELECT count(*) FROM import_row",
        )
    )


def killed(house: Bench, import_id: int) -> None:
    """As soon as some of its rows are told to be done."""
    house.do("UPDATE import_job SET rows_done = 0")
    tree = house.worker()
    eventually(lambda: house.ask("SELECT rows_done FROM import_job WHERE id = :id", id=import_id) > 0)
    tree.kill()
