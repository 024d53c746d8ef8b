"""Many ship at once, some fail after their number was taken, some are killed: numbers have no gap all the same."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.billing.models import Invoice
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Refusal
from app.core.transaction import database_is_away, use_case
from app.fulfilment.service import packing, sending
from app.operations import checks
from tests import factories
from tests.fulfilment.leaving import copies
from tests.orders.ordering import able_to_order, goods, placed
from tests.orders.standing import confirmed, opened
from tests.proof.test_stock_races import crowd, unexpected
from tests.stock.shelving import filled

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient")]

CLIENTS, INVOICES, KILLS = 32, 1_000, 5
ONE_IN = 5  # is tried by somebody who fails once it has its number
LAST_SECOND = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2027, 1, 1, tzinfo=UTC)
OF_THIS = {"numbers_have_no_gap", "papers_stay_as_issued", "money_is_used_once", "what_left_is_invoiced"}
SOMEBODY_AT_WORK = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'docket'
    AND backend_xid IS NOT NULL ORDER BY xact_start LIMIT 1
""")


class VanBroken(Refusal):
    """On purpose."""


def ready_to_leave(count: int) -> Sequence[int]:
    """So many packed shipments: one by hand, and the others like it."""
    factories.user("Hana Whitlock", role="admin")
    factories.delivery_method("North round", price_net="4.50")
    cafe = able_to_order(factories.customer("Copper Kettle Café"), credit_limit=10_000_000)
    order = confirmed(placed({filled(goods("Loaf", "3.33"), 3): 3}, cafe))
    shipment = packing.pack(opened(order).id, by=SYSTEM, at=clock.now())
    return [shipment.id, *(one.shipment_id for one in copies(order.id, count - 1))]


def ship(shipment_id: int, at: datetime) -> str:
    """Until it is done: whoever is thrown out begins anew."""
    try:
        sending.ship(shipment_id, by=SYSTEM, at=at)
    except DBAPIError as error:
        if not database_is_away(error):
            raise
        db.session.remove()
        return ship(shipment_id, at)
    return "shipped"


@use_case
def ship_and_fail(shipment_id: int, at: datetime) -> None:
    sending.ship(shipment_id, by=SYSTEM, at=at)
    db.session.flush()
    raise VanBroken("The van is broken.")


def kill() -> str:
    """Somebody in the middle of a transaction; whoever does it is one of the crowd."""
    db.session.rollback()
    killed = db.session.scalar(SOMEBODY_AT_WORK)
    db.session.remove()
    return "killed" if killed else "nobody was at work"


def wrong() -> list[Any]:
    db.session.remove()
    return [one for one in checks.run_all() if one.invariant.name in OF_THIS and not one.holds]


def serials(year: int) -> Sequence[int]:
    return db.session.scalars(
        select(Invoice.serial).where(Invoice.year == year).order_by(Invoice.serial)
    ).all()


def test_a_thousand_invoices_of_thirty_two_clients_are_numbered_without_a_gap(own_app: Flask) -> None:
    with own_app.app_context():
        shipments, now = ready_to_leave(INVOICES), clock.now()
        works: list[Any] = []
        for place, shipment_id in enumerate(shipments):
            if place % ONE_IN == 0:
                works.append(partial(ship_and_fail, shipment_id, now))
            if place % (INVOICES // KILLS) == INVOICES // KILLS // 2:
                works.append(kill)
            works.append(partial(ship, shipment_id, now))
        ends = crowd(own_app, CLIENTS, works)
        away = [end for end in ends if isinstance(end, DBAPIError) and database_is_away(end)]
        others = [end for end in unexpected(ends, VanBroken, Conflict) if end not in away]
        assert others == []
        counted = Counter(end for end in ends if isinstance(end, str))
        assert counted == {"shipped": INVOICES, "killed": KILLS}
        assert sum(isinstance(end, VanBroken) for end in ends) > INVOICES // ONE_IN // 2
        assert serials(now.year) == list(range(1, INVOICES + 1))
        assert wrong() == []


def test_at_the_turn_of_the_year_each_series_has_its_own_day(own_app: Flask) -> None:
    with own_app.app_context():
        shipments = ready_to_leave(200)
        moments = (LAST_SECOND, MIDNIGHT)
        ends = crowd(own_app, CLIENTS, [partial(ship, one, moments[one % 2]) for one in shipments])
        assert Counter(ends) == {"shipped": 200}
        assert serials(2026) == serials(2027) == list(range(1, 101))
        days = select(Invoice.year, Invoice.issued_on, func.count()).group_by(Invoice.year, Invoice.issued_on)
        found = {(year, str(day), many) for year, day, many in db.session.execute(days)}
        assert found == {(2026, "2026-12-31", 100), (2027, "2027-01-01", 100)}
        assert wrong() == []
