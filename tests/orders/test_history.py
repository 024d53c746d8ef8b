"""What the page of an order tells of its past: as it was then, whatever has become of it since."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.text import long_day
from app.fulfilment.service import packing
from app.orders.amended import Changes
from app.orders.service import amending, moving
from tests import factories
from tests.orders.ordering import as_it_is, buying, goods, placed
from tests.orders.standing import confirmed, opened, sent
from tests.stock.shelving import filled


@pytest.fixture
def browser(as_user, maya):
    """Maya's."""
    return as_user(maya)


def told(browser, order) -> str:
    page = " ".join(browser.get(f"/orders/{order.number}").text.split())
    return page[page.index("Confirmed for") - 10 :]


def tightly(browser, order) -> str:
    """The page with no space before its marks."""
    return " ".join(browser.get(f"/orders/{order.number}").text.split()).replace(" <", "<")


def test_the_day_it_was_confirmed_for_stays_told_when_it_is_moved(browser, cafe, maya):
    factories.delivery_method("Our van", weekdays=[1, 2, 3, 4, 5, 6, 7])
    order = confirmed(placed({filled(goods("Sourdough"), 9): 1}, cafe, by=buying(maya)))
    first = as_it_is(order).promised_on
    later = first + timedelta(days=2)
    amending.amend(order.number, Changes(deliver_on=later), by=SYSTEM, at=clock.now())
    assert as_it_is(order).promised_on == later
    assert f"Confirmed for {long_day(first)}" in told(browser, order)


def test_a_short_pick_counts_every_line_whatever_it_is_called(browser, cafe, maya):
    names = {"LOAF-400": "Loaf", "LOAF-800": "Loaf", "BOX": "shipment"}
    known = [filled(goods(name, "2.00", sku=sku), 20) for sku, name in names.items()]
    order = confirmed(placed(dict.fromkeys(known, 5), cafe, by=buying(maya)))
    shipment = opened(order)
    packing.pack(shipment.id, picked={1: 4, 2: 3, 3: 2}, by=SYSTEM, at=clock.now())
    [event] = db.session.query(AuditEvent).filter_by(action="order.packed")
    assert event.diff["lines"] == {"LOAF-400": [5, 4], "LOAF-800": [5, 3], "BOX": [5, 2]}
    assert event.diff["shipment"] == [None, shipment.number]
    assert "Picked, 6 short" in " ".join(browser.get(f"/orders/{order.number}").text.split())


def test_a_change_tells_the_lines_and_the_terms(browser, cafe, maya):
    factories.delivery_method("Our van", weekdays=[1, 2, 3, 4, 5, 6, 7])
    rye, loaf, buns = (filled(goods(name, "2.00"), 20) for name in ("Dark rye", "Loaf", "Buns"))
    order = placed({rye: 5, loaf: 2}, cafe, by=buying(maya))
    later = order.promised_on + timedelta(days=1)
    days = f"{long_day(order.promised_on)} → {long_day(later)}"
    changes = Changes(items={rye.id: 3, buns.id: 1}, deliver_on=later, notes="x" * 90)
    amending.amend(order.number, changes, by=SYSTEM, at=clock.now())
    page = tightly(browser, order)
    lines = ["Dark rye: 5 → 3", "Loaf: 2 → 0", "Buns: 0 → 1", f"Day: {days}", "Note"]
    assert f"<strong>Changed</strong> by Docket{''.join(f'<br>{line}' for line in lines)}<" in page


def test_a_change_of_many_lines_names_some_and_counts_the_rest(browser, cafe, maya):
    known = [filled(goods(f"Loaf {number}", "2.00"), 20) for number in range(8)]
    order = placed(dict.fromkeys(known, 1), cafe, by=buying(maya))
    amending.amend(order.number, Changes(items={one.id: 2 for one in known}), by=SYSTEM, at=clock.now())
    page = tightly(browser, order)
    assert "<br>Loaf 5: 1 → 2<br>2 more<" in page


def test_a_rest_that_was_cancelled_tells_the_lines(browser, cafe, maya):
    rye = filled(goods("Dark rye", "2.00"), 20)
    order = confirmed(placed({rye: 5}, cafe, by=buying(maya)))
    sent(order, {1: 3})
    moving.cancel_remainder(order.number, reason="No flour", by=SYSTEM, at=clock.now())
    page = tightly(browser, order)
    assert "Cancelled what had not left</strong> by Docket<br>Dark rye: 5 → 3<blockquote>No flour<" in page


def test_a_full_pick_is_not_short(browser, cafe, maya):
    order = confirmed(placed({filled(goods("Sourdough"), 9): 1}, cafe, by=buying(maya)))
    packing.pack(opened(order).id, by=SYSTEM, at=clock.now())
    assert "short" not in browser.get(f"/orders/{order.number}").text.partition("Picked")[2]
