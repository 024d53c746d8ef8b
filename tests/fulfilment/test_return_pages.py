"""The pages on which returns are answered, received and settled."""

import csv
import re
from io import StringIO

import pytest
from flask import g

from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.fulfilment.models import Return
from app.fulfilment.service import returning
from tests import factories
from tests.fulfilment.moving_goods import approved, confirmed, sent, sent_back
from tests.stock.shelving import shelf


@pytest.fixture
def desk(as_user, context):
    return as_user(factories.user("Amir Shah", role="accounts"))


@pytest.fixture
def order(cafe, loaf, buns):
    found = confirmed({loaf: 10, buns: 6}, cafe)
    sent(found)
    return found


def page_of(asked) -> str:
    return f"/desk/returns/{asked.id}"


def status_of(asked) -> str:
    db.session.expire_all()
    return db.session.get_one(Return, asked.id).status


def test_the_office_answers_and_closes_and_the_warehouse_receives(as_user, desk, wanda, order, loaf):
    asked = sent_back(order, {1: 4})
    desk.submit(f"{page_of(asked)}/decide", do="approve", decision="We fetch it.", once="a")
    page = desk.get(page_of(asked)).text
    assert "We fetch it." in page
    assert "Mark as received" not in page
    assert desk.submit(f"{page_of(asked)}/receive", received_1="3", restocked_1="2").status_code == 403
    picker = another(as_user, wanda)
    assert asked.number in picker.get("/desk/returns").text
    assert "It will not come" not in picker.get(page_of(asked)).text
    said = {"received_1": "3", "restocked_1": "2", "once": "b"}
    assert picker.submit(f"{page_of(asked)}/receive", **said).status_code == 303
    assert shelf(loaf).on_hand == 12
    assert "Close without a refund" not in picker.get(page_of(asked)).text
    assert picker.submit(f"{page_of(asked)}/close").status_code == 403
    g.pop("_login_user", None)
    assert f"/desk/orders/{order.number}/refund?return_id={asked.id}" in desk.get(page_of(asked)).text
    assert desk.submit(f"{page_of(asked)}/close", reason=" ", once="c").status_code == 422
    desk.submit(f"{page_of(asked)}/close", reason="We sent new ones", once="d")
    assert "We sent new ones" in desk.get(f"/desk/orders/{order.number}").text
    assert (status_of(asked), "Settled" in desk.get(page_of(asked)).text) == ("closed", True)


def another(as_user, person):
    """Somebody else signs in."""
    g.pop("_login_user", None)
    return as_user(person)


def test_whoever_reads_orders_finds_their_returns_and_changes_nothing(as_user, tom, order):
    asked = sent_back(order, {1: 4})
    clerk = as_user(tom)
    assert page_of(asked) in clerk.get(f"/desk/orders/{order.number}").text
    page = clerk.get(page_of(asked)).text
    assert "Burnt" in page
    assert "Approve" not in page
    for verb in ("decide", "receive", "close"):
        assert clerk.submit(f"{page_of(asked)}/{verb}").status_code == 403


def test_what_came_back_goes_on_sale_only_when_somebody_says_so(picker, order, loaf):
    asked = approved(order, {1: 4})
    page = picker.get(page_of(asked)).text
    assert re.search(r'<input[^>]*name="received_1"[^>]*value="4"', page)
    assert re.search(r'<input[^>]*name="restocked_1"[^>]*value="0"', page)


def test_turning_down_without_a_reason_is_refused_beside_the_box(desk, order):
    asked = sent_back(order, {1: 4})
    answer = desk.submit(f"{page_of(asked)}/decide", do="reject", decision=" ", once="a")
    assert (answer.status_code, "Say why, in a few words." in answer.text) == (422, True)
    assert status_of(asked) == "requested"
    desk.submit(f"{page_of(asked)}/decide", do="reject", decision="Too late", once="b")
    assert status_of(asked) == "rejected"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("5", "0"), "Type 4 or fewer."),
        (("2", "3"), "No more can be sold again than came."),
        (("0", "0"), "Say how many came, 1 or more."),
        (("", "0"), "Type how many of Sourdough, or 0."),
    ],
)
def test_wrong_counts_are_refused_and_kept_as_typed(picker, order, loaf, typed, sentence):
    asked = approved(order, {1: 4})
    came, good = typed
    answer = picker.submit(f"{page_of(asked)}/receive", received_1=came, restocked_1=good, once="a")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{came}"' in answer.text
    assert (shelf(loaf).on_hand, status_of(asked)) == (10, "approved")


def test_what_never_came_is_turned_down_after_all(desk, order):
    asked = approved(order, {1: 4})
    assert f"{page_of(asked)}/decide" in desk.get(page_of(asked)).text
    assert "It will not come" in desk.get(f"{page_of(asked)}/decide").text
    desk.submit(f"{page_of(asked)}/decide", do="reject", decision="It never came", once="a")
    assert status_of(asked) == "rejected"


def test_who_comes_second_reads_what_has_happened(desk, order):
    asked = sent_back(order, {1: 4})
    returning.decide(asked.id, is_approved=False, decision="No", by=SYSTEM, at=clock.now())
    for verb, typed in (("decide", {"do": "approve"}), ("close", {"reason": "No"})):
        answer = desk.submit(f"{page_of(asked)}/{verb}", **typed)
        assert (answer.status_code, "by now" in answer.text) == (409, True)


def test_the_list_is_filtered_searched_and_taken_out(desk, order, cafe, loaf):
    one, other = sent_back(order, {1: 4}), approved(order, {2: 1})
    page = desk.get("/desk/returns").text
    assert page.index(other.number) < page.index(one.number)
    assert other.number not in desk.get("/desk/returns?status=requested").text
    assert one.number in desk.get(f"/desk/returns?q={order.number}").text
    assert one.number in desk.get("/desk/returns?q=kettle").text
    assert "No return matches" in desk.get("/desk/returns?q=nothing%25").text
    taken = desk.get("/desk/returns.csv?status=approved").data.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(taken)))
    assert [(row["Return"], row["Status"]) for row in rows] == [(other.number, "On its way back")]
