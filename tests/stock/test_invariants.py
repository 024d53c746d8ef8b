"""What is on hand is the sum of its movements; whatever is not, is named."""

import pytest
from sqlalchemy import text

from app.core.access import SYSTEM
from app.core.database import db
from app.operations import checks
from app.stock import service
from tests.stock.shelving import Line, filled

pytestmark = pytest.mark.usefixtures("context")

NAME = "stock_is_its_ledger"


def findings() -> list[tuple[str, str]]:
    [verdict] = [verdict for verdict in checks.run_all() if verdict.invariant.name == NAME]
    return [tuple(found) for found in verdict.findings]


def corrupted(statement: str, **values: object) -> None:
    db.session.execute(text(statement), values)
    db.session.commit()


def test_all_is_well_after_a_day_at_work(sourdough, rye):
    filled(sourdough, 40)
    service.reserve([Line(sourdough.id, 12)])
    service.adjust(sourdough.id, -3, reason="torn bags", by=SYSTEM)
    service.count(sourdough.id, 35, by=SYSTEM)
    service.release([Line(sourdough.id, 12)])
    assert findings() == []


def test_a_figure_that_was_changed_by_hand_is_named(sourdough, rye):
    filled(sourdough, 40), filled(rye, 5)
    corrupted("UPDATE stock_item SET on_hand = 41 WHERE product_id = :id", id=sourdough.id)
    assert findings() == [
        (f"product {sourdough.id}", "BRD-SDG-800 has 41 on hand, its ledger says 40"),
    ]


def test_a_figure_without_movements_and_movements_without_a_figure_are_named(sourdough, rye):
    corrupted("INSERT INTO stock_item (product_id, on_hand) VALUES (:id, 7)", id=sourdough.id)
    corrupted(
        "INSERT INTO stock_movement (product_id, delta, kind, balance_after, actor, actor_name)"
        " VALUES (:id, 2, 'receive', 2, 'x', 'x')",
        id=rye.id,
    )
    assert findings() == [
        (f"product {sourdough.id}", "BRD-SDG-800 has 7 on hand, its ledger says 0"),
        (f"product {rye.id}", "BRD-RYE-900 has 0 on hand, its ledger says 2"),
    ]
