"""What left before invoices were kept here is invoiced once, however often the command is given."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select, text

from app.billing.models import Allocation, Invoice, Receipt
from app.billing.queries.balances import owed
from app.billing.service import receiving
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.fulfilment.models import Shipment
from app.fulfilment.service import catching_up, packing, sending
from app.operations import checks
from app.orders.models import Order
from tests import factories
from tests.billing.owing import came_in
from tests.orders.ordering import able_to_order, as_it_is, goods, placed
from tests.orders.standing import confirmed, opened
from tests.stock.shelving import filled

HISTORY = ("allocation", "invoice", "invoice_line")
OF_MONEY = ("allocation", "invoice_balance", "invoice_line", "invoice", "number_series", "outbox_message")


@pytest.fixture
def house(copper_kettle, northgate, owner, context) -> dict[str, Any]:
    factories.delivery_method("North round", price_net="4.50")
    return {
        "loaf": filled(goods("Sourdough", "3.33"), 900),
        "cafe": able_to_order(copper_kettle),
        "deli": able_to_order(northgate, payment_terms="net7"),
    }


def left(order: Order, day: str, lines: dict[int, int] | None = None) -> Shipment:
    at = datetime.fromisoformat(f"{day}T23:30:00+00:00")
    shipment = opened(order, lines)
    packing.pack(shipment.id, by=SYSTEM, at=at)
    return sending.ship(shipment.id, by=SYSTEM, at=at)


def forget_invoices() -> None:
    """As if this version had never been there."""
    for table in HISTORY:
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_history"))
    for table in OF_MONEY:
        db.session.execute(text(f"DELETE FROM {table}"))
    for table in HISTORY:
        db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_is_history"))
    db.session.execute(text('UPDATE "order" SET invoiced = 0'))
    db.session.commit()


@pytest.fixture
def before(house) -> list[Order]:
    """Orders as an older version left them: one in three parts, two others between these, one at midsummer."""
    orders = [
        confirmed(placed({house["loaf"]: quantity}, house[who]))
        for who, quantity in (("cafe", 9), ("deli", 2), ("cafe", 1), ("deli", 5))
    ]
    left(orders[0], "2025-12-30", {1: 2})
    left(orders[1], "2025-12-31")
    left(orders[0], "2026-01-01", {1: 3})
    left(orders[2], "2026-01-02")
    left(orders[0], "2026-03-03")
    left(orders[3], "2026-06-30")
    forget_invoices()
    return orders


@pytest.fixture
def catch_up(app, before):
    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["billing", "catch-up", *arguments])

    return run


def papers() -> list[tuple[str, ...]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Invoice).order_by(Invoice.id))
    return [(row.number, row.shipment_number[-2:], str(row.issued_on), str(row.due_on)) for row in rows]


def wrong() -> list[object]:
    return [verdict for verdict in checks.run_all() if not verdict.holds]


def test_all_that_left_is_invoiced_in_the_order_it_left_and_nobody_is_sent_a_word(catch_up, before):
    [verdict] = wrong()
    assert len(verdict.findings) == 6
    assert "flask billing catch-up, with --paid-before" in verdict.findings[0].what
    ended = catch_up()
    assert (ended.exit_code, ended.output.split(",")[0]) == (0, "6 shipments were invoiced")
    assert papers() == [
        ("INV-2025-00001", "/1", "2025-12-30", "2026-01-29"),
        ("INV-2025-00002", "/1", "2025-12-31", "2026-01-07"),
        ("INV-2026-00001", "/2", "2026-01-01", "2026-01-31"),
        ("INV-2026-00002", "/1", "2026-01-02", "2026-02-01"),
        ("INV-2026-00003", "/3", "2026-03-03", "2026-04-02"),
        ("INV-2026-00004", "/1", "2026-07-01", "2026-07-08"),
    ]
    totals = select(func.sum(Invoice.total)).where(Invoice.order_id == before[0].id)
    assert db.session.scalar(totals) == before[0].total == as_it_is(before[0]).invoiced
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0
    assert wrong() == []


def test_twice_is_once_and_what_was_stopped_goes_on(catch_up, before, monkeypatch):
    monkeypatch.setattr(catching_up, "AT_ONCE", 2)

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catching_up.catch_up(by=SYSTEM, at=datetime(2026, 11, 22, tzinfo=UTC), tell=stop)
    assert len(papers()) == 2
    assert catch_up().output.startswith("4 shipments were invoiced")
    assert catch_up().output.startswith("0 shipments were invoiced")
    assert (len(papers()), wrong()) == (6, [])


def test_beside_what_ships_today_days_never_go_back(catch_up, before, house):
    """The rest of an order whose first part has no invoice yet, and another one."""
    later = confirmed(placed({house["loaf"]: 7}, house["cafe"]))
    left(later, "2026-05-05", {1: 3})
    assert catch_up().exit_code == 0
    assert [day for number, _, day, _ in papers() if number.startswith("INV-2026")] == [
        *("2026-05-06", "2026-05-06", "2026-05-06", "2026-05-06", "2026-07-01")
    ]
    supplied = db.session.scalars(select(Invoice.supplied_on).order_by(Invoice.id)).all()
    assert [str(day) for day in supplied[3:]] == ["2026-01-01", "2026-01-02", "2026-03-03", "2026-07-01"]
    left(later, "2026-07-07")
    assert wrong() == []


def test_a_part_that_leaves_before_the_rest_is_caught_up_adds_up(catch_up, house, before):
    order = confirmed(placed({house["loaf"]: 7}, house["cafe"]))
    left(order, "2026-05-05", {1: 3})
    forget_invoices()
    left(order, "2026-07-07")
    assert catch_up().exit_code == 0
    assert as_it_is(order).invoiced == order.total
    assert wrong() == []


def test_old_debts_are_settled_by_one_receipt_of_each_customer(catch_up, before, house, monkeypatch):
    monkeypatch.setattr(catching_up, "AT_ONCE", 2)
    assert catch_up("--paid-before", "2026-06-01").exit_code == 0
    receipts = db.session.scalars(select(Receipt).order_by(Receipt.customer_id)).all()
    assert {(row.reference, row.received_on, row.unused) for row in receipts} == {
        ("Paid before invoices were kept here", date(2026, 5, 31), Decimal(0))
    }
    assert [row.amount for row in receipts] == [before[0].total + before[2].total, before[1].total]
    assert db.session.scalar(select(func.count(Allocation.id))) == 5
    whose = [house[who].id for who in ("cafe", "deli")]
    open_still = [db.session.scalar(select(owed(customer_id))) for customer_id in whose]
    assert open_still == [0, before[3].total]
    assert wrong() == []


def test_debts_of_an_earlier_run_are_settled_by_a_later_one(catch_up, before, house):
    """But for one that somebody paid a part of since, and for what was invoiced when it left."""
    assert catch_up().exit_code == 0
    left(confirmed(placed({house["loaf"]: 1}, house["deli"])), "2026-05-05")
    part = came_in("1.00", house["deli"])
    receiving.allocate(part.id, {papers()[1][0]: Decimal("1.00")}, by=SYSTEM, on=today())
    for paid in (before[0].total + before[2].total, 0):
        assert catch_up("--paid-before", "2026-06-01").output.endswith(f" {paid:,.2f} is paid.\n")
    assert db.session.scalar(select(owed(house["cafe"].id))) == 0
    assert wrong() == []


def test_a_day_to_come_is_refused_in_a_sentence(catch_up):
    ended = catch_up("--paid-before", "2999-01-01")
    assert (ended.exit_code, "That day is still to come." in ended.output) == (1, True)
    assert papers() == []
