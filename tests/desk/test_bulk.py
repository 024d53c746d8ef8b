"""What is done to several orders at once: each by itself, and the desk hears what became of each."""

import re

import pytest

from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.orders.service import moving
from tests import factories
from tests.desk.queueing import listed, promised
from tests.orders.ordering import as_it_is, placed


@pytest.fixture
def three(cafe, loaf):
    return [placed({loaf: 1}, cafe) for _ in range(3)]


def said_after(browser, answer) -> str:
    assert answer.status_code == 303
    return " ".join(browser.get(answer.location).text.split())


def test_those_that_can_are_confirmed_and_of_the_others_it_is_said_why(clerk, three):
    gone, held, fine = three
    moving.cancel(gone.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    moving.hold(held.number, reason="Ring them", by=SYSTEM)
    answer = clerk.submit("/desk/orders?view=confirm", do="confirm", order=[one.number for one in three])
    assert answer.location == "/desk/orders?view=confirm"
    page = said_after(clerk, answer)
    assert "1 order confirmed" in page
    assert f"Order {gone.number}: It is cancelled by now." in page
    assert f"Order {held.number}: It is on hold. Release it first." in page
    assert [as_it_is(one).status for one in three] == ["cancelled", "pending", "confirmed"]
    assert db.session.query(AuditEvent).filter_by(action="order.confirmed").count() == 1
    mails = db.session.query(OutboxMessage).filter_by(topic="orders.mail_confirmed").all()
    assert [mail.about for mail in mails] == [f"order:{fine.id}"]


def test_those_whose_day_is_over_are_not_confirmed_with_the_others(clerk, three):
    late = three[0]
    promised(late, -1)
    page = said_after(clerk, clerk.submit("/desk/orders", do="confirm", order=[one.number for one in three]))
    assert "2 orders confirmed" in page
    assert re.search(rf"Order {late.number}: It was to come on [^.]+[.] Move the delivery day first[.]", page)
    assert [as_it_is(one).status for one in three] == ["pending", "confirmed", "confirmed"]


def test_sent_twice_each_is_confirmed_once(clerk, three):
    numbers = [one.number for one in three]
    assert "3 orders confirmed" in said_after(
        clerk, clerk.submit("/desk/orders", do="confirm", order=numbers)
    )
    page = said_after(clerk, clerk.submit("/desk/orders", do="confirm", order=numbers))
    assert [f"Order {number}: It is confirmed by now." in page for number in numbers] == [True] * 3
    assert db.session.query(AuditEvent).filter_by(action="order.confirmed").count() == 3


@pytest.mark.parametrize(
    "sent", [{}, {"do": "confirm"}, {"do": "confirm", "order": "x"}, {"do": "confirm", "order": "²"}]
)
def test_nothing_ticked_changes_nothing(clerk, three, sent):
    answer = clerk.submit("/desk/orders?view=confirm&sort=-total&_scheme=javascript", **sent)
    assert answer.location == "/desk/orders?view=confirm&sort=-total"
    assert "Tick some orders first" in said_after(clerk, answer)


def test_a_number_that_no_order_has_is_told_from_the_rest(clerk, three):
    answer = clerk.submit("/desk/orders", do="confirm", order=[three[0].number, 987654321])
    page = said_after(clerk, answer)
    assert "1 order confirmed" in page
    assert "Order 987654321: We cannot find that order." in page


def test_ticked_orders_are_printed_and_taken_out(clerk, three):
    numbers = [three[0].number, three[2].number]
    slips = clerk.submit("/desk/orders?view=confirm", do="slips", order=numbers)
    assert slips.location == f"/desk/shipments/slips?order={numbers[0]}&order={numbers[1]}"
    assert clerk.get(slips.location).status_code == 200
    file = clerk.get(clerk.submit("/desk/orders", do="export", order=numbers).location)
    assert [line.split(",")[0] for line in file.text.splitlines()[1:]] == [str(one) for one in numbers]


@pytest.fixture
def van(context):
    return factories.delivery_method("Our van")


def test_a_delivery_day_is_moved_for_all_that_can_come_then(van, clerk, three):
    moving.cancel(three[1].number, reason="Wrong day", by=SYSTEM, at=clock.now())
    numbers = [one.number for one in three]
    asked = clerk.submit("/desk/orders?view=all", do="day", order=numbers)
    page = clerk.get(asked.location).text
    assert "Move the delivery of 3 orders?" in page
    day = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)[-1]
    answer = clerk.submit(asked.location, order=numbers, deliver_on=day)
    assert answer.location == "/desk/orders?view=all"
    page = said_after(clerk, answer)
    assert "2 orders moved to" in page
    assert f"Order {three[1].number}: It is cancelled by now." in page
    assert [str(as_it_is(one).promised_on) == day for one in three] == [True, False, True]


@pytest.mark.parametrize("day", ["", "2001-01-01", "soon"])
def test_a_day_that_nothing_comes_on_is_refused(van, clerk, three, day):
    before = as_it_is(three[0]).promised_on
    answer = clerk.submit("/desk/orders/move-day", order=three[0].number, deliver_on=day)
    assert (answer.status_code, "Choose one of those in the list." in answer.text) == (422, True)
    assert as_it_is(three[0]).promised_on == before


def test_no_more_than_a_page_is_done_at_once(clerk, three):
    numbers = [one.number for one in three]
    crowd = [*range(1, 30), *numbers]
    page = said_after(clerk, clerk.submit("/desk/orders", do="confirm", order=crowd))
    assert page.count("We cannot find that order.") == 25
    assert listed(clerk.get("/desk/orders")) == numbers
