"""Refunding at the desk: what is left, a page that names the amount, and what was typed kept when it cannot be."""

import re

import pytest

from app.billing.models import Invoice, Refund
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.fulfilment.models import Return
from app.fulfilment.service import returning
from tests import factories
from tests.billing.owing import invoice_of, still_open
from tests.fulfilment.moving_goods import approved
from tests.orders.standing import confirmed, sent
from tests.payments.refunding import paid_by_card, refunded
from tests.stock.shelving import shelf
from tests.visitor import Visitor

PART = {"how": "part", "q1": "1", "why": "Wrong product", "words": "", "to": "account"}


@pytest.fixture
def desk(as_user, context) -> Visitor:
    found: Visitor = as_user(factories.user("Amir Shah", role="accounts"))
    return found


@pytest.fixture
def order(order):
    """Four loaves that have left: £15.60."""
    sent(confirmed(order))
    return order


def path_of(order) -> str:
    return f"/desk/orders/{order.number}/refund"


def looked(desk, order, **asked):
    return desk.get(path_of(order), query_string=PART | {"do": "look"} | asked)


def credit_notes() -> list[Invoice]:
    db.session.expire_all()
    return db.session.query(Invoice).filter_by(kind="credit_note").all()


def test_a_part_is_looked_at_with_its_amount_and_then_refunded_once(desk, order):
    paid_by_card(invoice_of(order))
    assert path_of(order) in desk.get(f"/desk/orders/{order.number}").text
    form = desk.get(path_of(order)).text
    assert "£15.60" in form
    assert 'value="card" checked' in form
    page = looked(desk, order, to="card", words="A till roll").text
    assert "Refund £3.90 of order" in page
    assert "1 Sourdough" in page
    assert "Wrong product: A till roll" in page
    assert "£3.90 goes back to the card" in page
    assert credit_notes() == []
    typed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    for _ in range(2):
        assert desk.submit(path_of(order), **(typed | {"once": "one"})).status_code == 303
    assert [note.reason for note in credit_notes()] == ["Wrong product: A till roll"]
    page = desk.get(f"/desk/orders/{order.number}").text
    assert "of £3.90 to the card" in page
    assert credit_notes()[0].number in page
    assert "On its way" in page


def test_what_was_not_paid_is_owed_no_more_and_goods_go_back_on_the_shelf(desk, order, loaf):
    page = looked(desk, order, how="all", restock="y").text
    assert "£15.60 of it was not paid yet" in page
    assert "4 units go back on the shelf" in page
    desk.submit(path_of(order), **PART | {"how": "all", "restock": "y", "seen": "15.60"})
    assert (still_open(invoice_of(order)), shelf(loaf).on_hand) == (0, 20)
    answer = desk.get(path_of(order))
    assert answer.status_code == 303
    assert "All of it is credited already" in desk.get(answer.location).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"q1": "5"}, "4 of Sourdough can be refunded."),
        ({"q1": "some"}, "Type a whole number"),
        ({"q1": "0"}, "Say how many to refund, 1 or more."),
        ({"why": "Other"}, "Say why, in a few words."),
        ({"why": "Nothing"}, "Choose one of those in the list."),
        ({"with_delivery": "y"}, "No delivery is left to refund."),
        ({"to": "bank"}, "None of this was paid yet"),
        ({"to": "card"}, "None of this was paid yet"),
    ],
)
def test_what_cannot_be_refunded_is_said_and_what_was_typed_is_kept(desk, order, typed, sentence):
    answer = looked(desk, order, **typed)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{typed.get("q1", "1")}"' in answer.text


def test_a_colleague_who_was_first_changes_the_amount_and_nothing_else_happens(desk, order):
    factories.delivery_method("Van", price_net="1.00")
    assert "Refund £15.60" in looked(desk, order, how="all").text
    refunded(order.number, {1: 1})
    answer = desk.submit(path_of(order), **PART | {"how": "all", "seen": "15.60"})
    assert (answer.status_code, "It comes to £11.70 by now." in answer.text) == (409, True)
    assert len(credit_notes()) == 1


def test_a_return_is_refunded_with_what_came_and_closed_with_it(desk, order, loaf):
    back = approved(order, {1: 3})
    returning.receive(back.id, received={1: 2}, restocked={1: 1}, by=SYSTEM, at=clock.now())
    page = desk.get(f"{path_of(order)}?return_id={back.id}").text
    assert re.search(r'name="q1" value="2"', page)
    assert "Put the goods back" not in page
    typed = PART | {"q1": "2", "return_id": str(back.id), "seen": "7.80", "once": "a"}
    assert desk.submit(path_of(order), **typed).status_code == 303
    [note] = credit_notes()
    assert (note.return_id, db.session.get_one(Return, back.id).status) == (back.id, "closed")
    assert note.number in desk.get(f"/desk/returns/{back.id}").text
    assert (shelf(loaf).on_hand, db.session.query(Refund).count()) == (17, 0)


def test_a_return_of_another_order_is_not_found_here(desk, order, cafe, loaf):
    assert desk.get(f"{path_of(order)}?return_id=999").status_code == 404
