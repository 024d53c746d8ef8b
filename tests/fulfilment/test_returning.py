"""Returns: what may come back, how often, and what it does to the shelf."""

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, Refused
from app.core.outbox import OutboxMessage
from app.fulfilment.models import ReturnStatus
from app.fulfilment.service import returning
from tests import factories
from tests.fulfilment.moving_goods import approved, confirmed, picking, sent, sent_back
from tests.orders.ordering import as_it_is, buying, working
from tests.stock.shelving import ledger, shelf


@pytest.fixture
def order(cafe, loaf, buns):
    found = confirmed({loaf: 10, buns: 6}, cafe)
    sent(found)
    return found


def received(asked, came, good):
    return returning.receive(asked.id, received=came, restocked=good, by=SYSTEM, at=clock.now())


def test_no_more_comes_back_than_was_sent(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    with pytest.raises(Conflict, match="Nothing of it has left"):
        sent_back(order, {1: 1})
    sent(order, picked={1: 6})
    with pytest.raises(Refused, match="6 of Sourdough can"):
        sent_back(order, {1: 7})
    assert sent_back(order, {1: 6}).number == f"{order.number}/R1"


def test_two_returns_under_way_share_what_was_sent(order):
    sent_back(order, {1: 6})
    with pytest.raises(Refused, match="4 of Sourdough can"):
        sent_back(order, {1: 5})
    assert sent_back(order, {1: 4, 2: 1}).place == 2


def test_what_was_turned_down_can_be_asked_for_again(order):
    asked = sent_back(order, {1: 10})
    returning.decide(asked.id, is_approved=False, decision="Too late", by=SYSTEM, at=clock.now())
    assert sent_back(order, {1: 10}).place == 2


def test_what_came_back_is_gone_for_good(order, loaf):
    received(approved(order, {1: 6}), {1: 5}, {1: 3})
    assert as_it_is(order).items[0].quantity_returned == 5
    assert (shelf(loaf).on_hand, ledger(loaf)[-1]) == (13, ("return", 3, 13))
    with pytest.raises(Refused, match="5 of Sourdough can"):
        sent_back(order, {1: 6})


@pytest.mark.parametrize(
    ("came", "good", "field"),
    [
        ({1: 7}, {1: 0}, "received.1"),
        ({1: 2}, {1: 3}, "restocked.1"),
        ({1: 0}, {1: 0}, "received"),
        ({1: 2, 2: 1}, {}, "received"),
    ],
)
def test_wrong_counts_change_nothing(order, loaf, came, good, field):
    asked = approved(order, {1: 6})
    with pytest.raises(Refused) as refused:
        received(asked, came, good)
    assert refused.value.field == field
    assert as_it_is(order).items[0].quantity_returned == 0
    assert shelf(loaf).on_hand == 10


def test_what_was_approved_and_never_came_is_turned_down_with_a_second_answer(order):
    asked = approved(order, {1: 6})
    returning.decide(asked.id, is_approved=False, decision="It never came", by=SYSTEM, at=clock.now())
    told = select(OutboxMessage).where(OutboxMessage.topic == "fulfilment.mail_return_decided")
    assert len(db.session.scalars(told).all()) == 2
    with pytest.raises(Conflict):
        received(asked, {1: 6}, {1: 6})


def test_each_step_happens_once(order):
    asked = received(approved(order, {1: 1}), {1: 1}, {1: 0})
    with pytest.raises(Conflict):
        received(asked, {1: 1}, {1: 0})
    returning.close(asked.id, reason="Replaced", by=SYSTEM, at=clock.now())
    with pytest.raises(Conflict):
        returning.close(asked.id, reason="Replaced", by=SYSTEM, at=clock.now())
    assert asked.status == ReturnStatus.CLOSED


def test_a_return_does_not_wait_for_the_rest_of_the_order(cafe, loaf):
    order = confirmed({loaf: 10}, cafe)
    sent(order, picked={1: 6})
    picking(order)
    assert approved(order, {1: 2}).status == ReturnStatus.APPROVED


def test_turning_down_needs_a_reason_that_the_buyer_reads(order):
    asked = sent_back(order, {1: 1})
    with pytest.raises(Refused) as refused:
        returning.decide(asked.id, is_approved=False, decision="", by=SYSTEM, at=clock.now())
    assert refused.value.field == "decision"


def test_buyers_and_pickers_do_not_decide(order, maya, wanda):
    asked = sent_back(order, {1: 1})
    for who in (buying(maya), working(wanda)):
        with pytest.raises(NotAllowed):
            returning.decide(asked.id, is_approved=True, decision="", by=who, at=clock.now())


def test_who_answers_does_not_count_what_came_and_who_counts_does_not_settle(order, wanda):
    asked = approved(order, {1: 6})
    office = working(factories.user("Amir Shah", role="accounts"))
    counts = {"received": {1: 6}, "restocked": {1: 6}}
    with pytest.raises(NotAllowed):
        returning.receive(asked.id, **counts, by=office, at=clock.now())
    returning.receive(asked.id, **counts, by=working(wanda), at=clock.now())
    with pytest.raises(NotAllowed):
        returning.close(asked.id, reason="Replaced", by=working(wanda), at=clock.now())
    assert (
        returning.close(asked.id, reason="Replaced", by=office, at=clock.now()).status == ReturnStatus.CLOSED
    )


@pytest.mark.parametrize(
    ("reason", "sentence"), [("", "Say what is wrong with it."), ("x" * 501, "Use 500 characters or fewer.")]
)
def test_a_return_says_in_a_few_words_what_is_wrong(order, reason, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        returning.ask(order.number, lines={1: 1}, reason=reason, by=SYSTEM)
    assert refused.value.field == "reason"
    assert returning.ask(order.number, lines={1: 1}, reason="x" * 500, by=SYSTEM).place == 1


@pytest.mark.parametrize("is_approved", [True, False])
def test_an_answer_is_as_long_as_its_mail_can_tell(order, is_approved):
    asked = sent_back(order, {1: 1})
    told = {"is_approved": is_approved, "by": SYSTEM, "at": clock.now()}
    with pytest.raises(Refused, match="Use 200 characters") as refused:
        returning.decide(asked.id, decision="x" * 201, **told)
    assert (refused.value.field, asked.status) == ("decision", ReturnStatus.REQUESTED)
    assert returning.decide(asked.id, decision="x" * 200, **told).decision == "x" * 200
