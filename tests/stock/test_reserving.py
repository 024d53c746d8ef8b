"""Reserving and releasing: every line or nothing, and the short lines by name."""

import pytest

from app.catalogue.models import Product
from app.core.access import SYSTEM
from app.core.database import db
from app.stock import service
from app.stock.shortage import OutOfStock
from tests import factories
from tests.statements import noted
from tests.stock.shelving import Line, filled, shelf

pytestmark = pytest.mark.usefixtures("context")


def test_what_is_reserved_is_held_and_what_is_released_is_free_again(sourdough, rye):
    filled(sourdough, 10), filled(rye, 4)
    lines = [Line(rye.id, 4), Line(sourdough.id, 3)]
    service.reserve(lines)
    assert (shelf(sourdough).available, shelf(rye).available) == (7, 0)
    service.release(lines)
    assert (shelf(sourdough).reserved, shelf(rye).reserved) == (0, 0)


def test_lines_of_one_product_count_together(sourdough):
    filled(sourdough, 5)
    with pytest.raises(OutOfStock) as refused:
        service.reserve([Line(sourdough.id, 3), Line(sourdough.id, 3)])
    assert refused.value.short == ((0, "Sourdough, 800 g", 6, 5),)
    service.reserve([Line(sourdough.id, 3), Line(sourdough.id, 2)])
    assert shelf(sourdough).reserved == 5


def test_a_refused_reservation_holds_nothing_and_names_every_short_line(sourdough, rye):
    bun = factories.product("Morning bun")
    filled(sourdough, 10), filled(rye, 2)
    with pytest.raises(OutOfStock) as refused:
        service.reserve([Line(bun.id, 1), Line(sourdough.id, 3), Line(rye.id, 5)])
    assert refused.value.message == (
        "Morning bun is out of stock. Only 2 of Dark rye can be had, and you asked for 5."
    )
    assert [(part.field, part.code) for part in refused.value.parts] == [
        ("items.0.quantity", "out_of_stock"),
        ("items.2.quantity", "out_of_stock"),
    ]
    assert [shelf(one).reserved for one in (bun, sourdough, rye)] == [0, 0, 0]


def test_what_was_deleted_meanwhile_is_out_of_stock_by_its_name(sourdough):
    db.session.get_one(Product, sourdough.id).deleted_at = sourdough.created_at
    db.session.commit()
    with pytest.raises(OutOfStock, match="Sourdough, 800 g is out of stock"):
        service.reserve([Line(sourdough.id, 1)])


def test_however_many_are_short_their_names_are_asked_for_once(context):
    lines = [Line(factories.product(f"Loaf {number}").id, 1) for number in range(20)]
    with noted() as asked, pytest.raises(OutOfStock):
        service.reserve(lines)
    assert len(asked) == len(lines) + 2, asked


def test_as_much_as_the_limit_says_is_sold_ahead_and_no_more(sourdough):
    filled(sourdough, 2, backorder_limit=3)
    service.reserve([Line(sourdough.id, 5)])
    assert shelf(sourdough).available == -3
    with pytest.raises(OutOfStock, match="out of stock"):
        service.reserve([Line(sourdough.id, 1)])


def test_what_an_honest_count_left_short_says_that_nothing_is_left(sourdough):
    filled(sourdough, 9)
    service.reserve([Line(sourdough.id, 9)])
    service.count(sourdough.id, 4, by=SYSTEM)
    with pytest.raises(OutOfStock) as refused:
        service.reserve([Line(sourdough.id, 1)])
    assert refused.value.short[0].left == 0


def test_more_than_was_reserved_cannot_be_released(sourdough):
    filled(sourdough, 9)
    service.reserve([Line(sourdough.id, 2)])
    with pytest.raises(LookupError):
        service.release([Line(sourdough.id, 3)])
    assert shelf(sourdough).reserved == 2
