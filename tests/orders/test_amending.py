"""Changing an order: what stays possible, what is refused and by which words, and what history keeps of it."""

from datetime import date
from decimal import Decimal

import pytest

from app.accounts.models import CustomerStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import Refused
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending
from tests import factories
from tests.orders.ordering import as_it_is, goods, placed
from tests.orders.standing import confirmed, sent
from tests.stock.shelving import filled, shelf


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 10)


@pytest.fixture
def order(cafe, loaf) -> Order:
    """Four loaves: £13.00, and VAT."""
    return placed({loaf: 4}, cafe)


def agree(customer, **facts) -> None:
    for name, value in facts.items():
        setattr(customer, name, value)
    db.session.add(customer)
    db.session.commit()


def amended(order: Order, **changes) -> Order:
    amending.amend(order.number, Changes(**changes), by=SYSTEM, at=clock.now())
    return as_it_is(order)


def told_of(order: Order, action: str) -> dict:
    [event] = db.session.query(AuditEvent).filter_by(action=action, entity_id=order.id)
    return event.diff


@pytest.mark.parametrize("status", [CustomerStatus.ON_STOP, CustomerStatus.CLOSED])
def test_whom_we_cannot_serve_may_take_less_and_no_more(cafe, order, loaf, status):
    agree(cafe, status=status)
    with pytest.raises(Refused, match="so nothing can be ordered"):
        amended(order, items={loaf.id: 5})
    assert amended(order, items={loaf.id: 3}, notes="Side door").items[0].wanted == 3


def test_it_stays_as_large_as_the_smallest_order(cafe, order, loaf):
    agree(cafe, min_order_net=Decimal("9.75"))
    with pytest.raises(Refused, match=r"begin at £9.75 before VAT. Add £3.25 more."):
        amended(order, items={loaf.id: 2})
    assert amended(order, items={loaf.id: 3}).subtotal_net == Decimal("9.75")


def test_what_was_too_small_before_may_grow_a_little(cafe, order, loaf):
    agree(cafe, min_order_net=Decimal(500))
    assert amended(order, items={loaf.id: 5}).items[0].wanted == 5


def test_too_little_stock_names_what_was_typed_and_what_can_be_had_in_all(order, loaf):
    with pytest.raises(Refused, match=r"Only 10 of Sourdough can be had, and you asked for 12."):
        amended(order, items={loaf.id: 12})
    assert (as_it_is(order).items[0].wanted, shelf(loaf).reserved) == (4, 4)


def test_no_order_comes_to_more_than_can_be_written_down(order, loaf):
    dear = goods("Truffle", "20000.00")
    with pytest.raises(Refused, match=r"comes to £9,999,999,999.99 at most. Make two of it."):
        amended(order, items={loaf.id: 4, dear.id: 999_999})


def test_an_order_of_a_hundred_lines_takes_no_other_line(cafe):
    many = [filled(goods(f"Thing {number}", "1.00"), 1) for number in range(101)]
    order = placed(dict.fromkeys(many[:100], 1), cafe)
    with pytest.raises(Refused, match=r"An order has 100 lines at most."):
        amended(order, items=dict.fromkeys([one.id for one in many[1:]], 1))


def test_no_fewer_than_have_left(cafe, loaf):
    order = confirmed(placed({loaf: 6}, cafe))
    sent(order, {1: 4})
    with pytest.raises(Refused, match=r"Sourdough: 4 have left already."):
        amended(order, items={loaf.id: 3})
    assert amended(order, items={loaf.id: 5}).items[0].wanted == 5


def test_of_what_is_sold_no_more_one_can_take_fewer_at_the_same_price_and_not_more(order, loaf):
    factories.price(loaf, "3.75", min_qty=2)
    db.session.merge(loaf).status = "discontinued"
    db.session.commit()
    item = amended(order, items={loaf.id: 3}).items[0]
    assert (item.wanted, item.unit_price) == (3, Decimal("3.25"))
    with pytest.raises(Refused, match=r"Sourdough: We no longer sell it."):
        amended(order, items={loaf.id: 4})


def test_its_own_reference_can_be_spelt_anew_and_that_of_another_is_refused(cafe, loaf):
    agree(cafe, po_required=True)
    order = placed({loaf: 1}, cafe, po_number="ck-1")
    other = placed({loaf: 1}, cafe, po_number="CK-2")
    assert amended(order, po_number="CK-1").po_number == "CK-1"
    with pytest.raises(Refused, match=f"Order {other.number} has this reference already."):
        amended(order, po_number="ck-2")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"po_number": "x" * 41}, "Use 40 characters or fewer."),
        ({"notes": "x" * 501}, "Use 500 characters or fewer."),
    ],
)
def test_too_long_a_text_is_refused(order, changes, said):
    with pytest.raises(Refused, match=said):
        amended(order, **changes)


def test_where_nothing_is_offered_the_desk_says_the_day(order):
    assert amended(order, deliver_on=date(2030, 1, 2)).promised_on == date(2030, 1, 2)


def test_history_tells_every_line_of_a_change_whatever_it_is_called(cafe):
    names = {"LOAF-400": "Loaf", "LOAF-800": "Loaf", "PAD": "notes"}
    known = {sku: filled(goods(name, "2.00", sku=sku), 20) for sku, name in names.items()}
    order = placed(dict.fromkeys(known.values(), 2), cafe, notes="Side door")
    wanted = dict(zip((one.id for one in known.values()), (5, 4, 3), strict=True))
    amended(order, items=wanted, notes="Front door")
    diff = told_of(order, "order.amended")
    assert diff["lines"] == {"LOAF-400": [2, 5], "LOAF-800": [2, 4], "PAD": [2, 3]}
    assert diff["notes"] == ["Side door", "Front door"]


def test_a_change_of_no_line_tells_of_none(order):
    amended(order, notes="Front door")
    assert set(told_of(order, "order.amended")) == {"notes"}


def test_the_audit_log_shows_each_line_by_its_sku(as_user, owner, order, loaf):
    bun = filled(goods("Bun", "0.60"), 10)
    amended(order, items={loaf.id: 6, bun.id: 1})
    page = " ".join(as_user(owner).get(f"/admin/audit?entity=order&entity_id={order.id}").text.split())
    for sku, before, after in (("SOURDOUGH", 4, 6), ("BUN", 0, 1)):
        arrow = '<span aria-hidden="true">→</span><span class="vh">became</span>'
        assert f'<span class="mono">{sku}</span> {before} {arrow} {after}' in page
