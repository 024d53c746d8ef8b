"""What becomes of an order, and of notes and names beside it: rules that the forms of our pages repeat."""

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.orders.models import OrderNote
from app.orders.quick import lines_in
from app.orders.service import moving, pads
from tests.orders.ordering import as_it_is, buying, goods, placed
from tests.orders.standing import confirmed
from tests.stock.shelving import filled, shelf


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


@pytest.mark.parametrize(
    ("text", "said"), [("", "Write something first."), ("x" * 501, "Use 500 characters or fewer.")]
)
def test_a_note_has_words_and_not_too_many(cafe, loaf, text, said):
    order = placed({loaf: 1}, cafe)
    with pytest.raises(Refused, match=said):
        moving.note(order.number, text=text, for_buyer=True, by=SYSTEM)
    assert db.session.query(OrderNote).count() == 0


@pytest.mark.parametrize(("reason", "said"), [("", "Say why"), ("x" * 201, "Use 200 characters or fewer.")])
def test_a_reason_has_words_and_not_too_many(cafe, loaf, reason, said):
    order = placed({loaf: 1}, cafe)
    with pytest.raises(Refused, match=said):
        moving.cancel(order.number, reason=reason, by=SYSTEM, at=clock.now())
    assert as_it_is(order).status == "pending"


def test_all_of_an_order_is_cancelled_as_an_order_and_not_as_what_remains(cafe, loaf):
    order = confirmed(placed({loaf: 4}, cafe))
    with pytest.raises(Refused, match="Cancel the order instead"):
        moving.cancel_remainder(order.number, reason="None left", by=SYSTEM, at=clock.now())
    assert (as_it_is(order).items[0].wanted, shelf(loaf).reserved) == (4, 4)
    some = {"lines": {1: 3}, "by": SYSTEM, "at": clock.now()}
    assert moving.cancel_remainder(order.number, reason="None left", **some).items[0].wanted == 1


@pytest.mark.parametrize(("name", "said"), [("", "Type a name"), ("x" * 61, "Use 60 characters or fewer.")])
def test_an_order_pad_has_a_name_and_not_too_long_a_one(cafe, loaf, maya, name, said):
    with pytest.raises(Refused, match=said):
        pads.keep(name, {loaf.id: 1}, by=buying(maya))


def test_a_line_that_is_too_long_to_be_one_is_told_and_shortened(as_user, maya, cafe, loaf):
    lines = f"SOURDOUGH 2\n{'x' * 300}"
    assert [len(line.typed) for line in lines_in(lines)] == [11, 200]
    page = as_user(maya).submit("/quick-order", lines=lines, do="check").text
    assert "Use 200 characters or fewer on a line." in page
    assert "1 line ready, 1 to fix" in " ".join(page.split())
