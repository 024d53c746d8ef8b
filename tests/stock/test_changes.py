"""Goods in, waste, counts and limits: the figure, the ledger and the audit log say the same."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import Busy, NotFound, Refused, Stale
from app.core.transaction import in_one_transaction
from app.stock import service
from app.stock.models import MOST, StockItem
from app.stock.queries import changes
from app.stock.queries.standing import shelves
from app.stock.shelf import EMPTY
from tests import factories
from tests.accounts.acting import acting
from tests.stock.shelving import Line, filled, ledger, shelf

TODAY = date(2026, 11, 20)

pytestmark = pytest.mark.usefixtures("context")


def events() -> list[tuple[str, str, dict]]:
    rows = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action.like("stock.%")).order_by(AuditEvent.id)
    )
    return [(row.action, row.entity_name, row.diff) for row in rows]


def limits_set(product, by=SYSTEM, **changes):
    usual = {"back_on": None, "backorder_limit": 0, "low_at": None, "version": 1, "today": TODAY}
    return service.set_limits(product.id, **(usual | changes), by=by)


def test_a_product_without_a_row_reads_as_zero(sourdough, rye):
    filled(rye, 3)
    assert shelves([sourdough.id, rye.id, 987_654]) == {
        sourdough.id: EMPTY,
        rye.id: EMPTY._replace(on_hand=3),
        987_654: EMPTY,
    }


def test_every_change_stands_in_the_ledger_with_its_balance(sourdough):
    service.receive(sourdough.id, 40, by=SYSTEM)
    service.adjust(sourdough.id, -3, reason="torn bags", by=SYSTEM)
    service.count(sourdough.id, 35, by=SYSTEM)
    service.count(sourdough.id, 35, by=SYSTEM)
    service.adjust(sourdough.id, 2, reason="behind the shelf", by=SYSTEM)
    assert ledger(sourdough) == [
        ("receive", 40, 40),
        ("adjust", -3, 37),
        ("count", -2, 35),
        ("count", 0, 35),
        ("adjust", 2, 37),
    ]
    assert shelf(sourdough).on_hand == 37


def test_the_audit_log_tells_who_and_from_what_to_what(sourdough, wanda):
    service.receive(sourdough.id, 40, by=acting(wanda))
    service.adjust(sourdough.id, -3, reason="torn bags", by=acting(wanda))
    assert events() == [
        ("stock.received", "Sourdough, 800 g", {"on_hand": [0, 40]}),
        ("stock.adjusted", "Sourdough, 800 g", {"on_hand": [40, 37], "reason": [None, "torn bags"]}),
    ]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (lambda it: service.receive(it, 0, by=SYSTEM), "delta", "1 or more"),
        (lambda it: service.receive(it, -4, by=SYSTEM), "delta", "1 or more"),
        (lambda it: service.receive(it, MOST, by=SYSTEM), "delta", "more than 10,000,000"),
        (lambda it: service.adjust(it, 0, reason="x", by=SYSTEM), "delta", "1 or more"),
        (lambda it: service.adjust(it, -1, reason="", by=SYSTEM), "reason", "Say what happened"),
        (
            lambda it: service.adjust(it, -9, reason="x", by=SYSTEM),
            "delta",
            "Only 8 are on hand. Type 8 or fewer.",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(sourdough, change, field, sentence):
    filled(sourdough, 8)
    before = len(events())
    with pytest.raises(Refused, match=sentence) as refused:
        change(sourdough.id)
    assert refused.value.field == field
    assert (shelf(sourdough).on_hand, ledger(sourdough), len(events())) == (8, [("receive", 8, 8)], before)


def test_nothing_can_be_taken_from_an_empty_shelf(sourdough):
    with pytest.raises(Refused, match="None are on hand"):
        service.adjust(sourdough.id, -1, reason="lost", by=SYSTEM)
    assert ledger(sourdough) == []


def test_nobody_moves_a_shelf_while_it_is_counted(own_app):
    with own_app.app_context():
        bun = filled(factories.product("Morning bun"), 8)
        take = update(StockItem).where(StockItem.product_id == bun.id).values(reserved=1)

        def count_while_somebody_takes() -> None:
            changes.locked(bun.id)
            with db.engine.begin() as other:
                other.execute(text("SET LOCAL lock_timeout = '50ms'"))
                other.execute(take)

        with pytest.raises(Busy):
            in_one_transaction(count_while_somebody_takes)
        assert shelf(bun).reserved == 0


def test_a_count_may_leave_less_than_is_held(sourdough):
    filled(sourdough, 22)
    service.reserve([Line(sourdough.id, 22)])
    service.count(sourdough.id, 8, reason="burnt", by=SYSTEM)
    assert shelf(sourdough).available == -14


def test_limits_can_be_set_before_anything_has_moved(sourdough, wanda):
    limits_set(sourdough, by=acting(wanda), backorder_limit=12, low_at=5, back_on=TODAY + timedelta(days=4))
    found = shelf(sourdough)
    assert (found.on_hand, found.sellable, found.low_at, found.back_on) == (0, 12, 5, date(2026, 11, 24))
    assert events()[-1] == (
        "stock.limits_set",
        "Sourdough, 800 g",
        {"back_on": [None, "2026-11-24"], "backorder_limit": [0, 12], "low_at": [None, 5]},
    )
    assert ledger(sourdough) == []


def test_a_second_person_who_has_not_seen_the_first_change_is_told(sourdough):
    limits_set(sourdough, low_at=5)
    with pytest.raises(Stale):
        limits_set(sourdough, low_at=9)
    assert shelf(sourdough).low_at == 5


def test_sales_and_deliveries_meanwhile_make_nobody_stale(sourdough):
    filled(sourdough, 10)
    service.reserve([Line(sourdough.id, 2)])
    service.count(sourdough.id, 9, by=SYSTEM)
    limits_set(sourdough, low_at=5)
    assert shelf(sourdough)[:4] == (9, 2, 0, 5)


def test_a_day_that_is_over_can_stay_and_not_be_chosen(sourdough):
    limits_set(sourdough, back_on=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    limits_set(sourdough, back_on=TODAY, low_at=3, version=2, today=tomorrow)
    with pytest.raises(Refused, match="This day is over") as refused:
        limits_set(sourdough, back_on=TODAY - timedelta(days=3), version=3, today=tomorrow)
    assert refused.value.field == "back_on"


def test_a_deleted_product_moves_no_more(sourdough):
    db.session.get_one(type(sourdough), sourdough.id).deleted_at = sourdough.created_at
    db.session.commit()
    with pytest.raises(NotFound):
        service.receive(sourdough.id, 1, by=SYSTEM)


@pytest.mark.parametrize("statement", ["UPDATE stock_movement SET delta = 99", "DELETE FROM stock_movement"])
def test_the_ledger_is_added_to_and_never_changed(sourdough, statement):
    filled(sourdough, 8)
    with pytest.raises(DBAPIError, match="keeps history"), db.session.begin_nested():
        db.session.execute(text(statement))
    assert ledger(sourdough) == [("receive", 8, 8)]
