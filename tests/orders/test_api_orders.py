"""Orders through the JSON door: read, searched, changed and moved, and never somebody else's."""

from datetime import date, timedelta

import pytest

from app.catalogue.models import Price
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.tokens import new_token
from app.orders.models import Order, OrderNote
from app.orders.service import moving
from tests import factories
from tests.accounts.program import Program, code_of, signed_in
from tests.architecture.rows import key_text
from tests.orders.ordering import able_to_order, as_it_is, placed
from tests.statements import noted
from tests.stock.shelving import filled, shelf

VERBS = ("confirm", "hold", "release", "cancel", "notes")


@pytest.fixture
def order(cafe, espresso, buns) -> Order:
    """Four bags and twelve buns."""
    return placed({filled(espresso, 100): 4, filled(buns, 48): 12}, cafe, po_number="CK-1119")


@pytest.fixture
def theirs(northgate, order, espresso) -> Order:
    """One that Maya must not know."""
    return placed({espresso: 1}, able_to_order(northgate), po_number="ND-7")


def moved(program: Program, order: Order, verb: str, body=None):
    return program.post(f"/orders/{order.number}/{verb}", body, Idempotency_Key=new_token())


def changed(program: Program, order: Order, *, version: int | None = None, **body):
    seen = f'"{version or as_it_is(order).version}"'
    return program.ask("PATCH", f"/orders/{order.number}", body, If_Match=seen)


def wrong(answer) -> list[tuple[str, str]]:
    return [(error["code"], error["field"]) for error in answer.json["errors"]]


def numbers(answer) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [int(row["number"]) for row in answer.json["data"]["items"]]


@pytest.mark.parametrize(
    ("answer", "field"), [("OrderOut", "number"), ("ShipmentOut", "order"), ("ReturnOut", "order")]
)
def test_the_number_of_an_order_is_described_as_a_text(mayas, answer, field):
    described = mayas.get("/openapi.json").json["components"]["schemas"][answer]["properties"][field]
    assert described["type"] == "string"


def test_an_order_is_read_with_its_version_and_by_fields(mayas, order):
    answer = mayas.get(f"/orders/{order.number}?fields=number,actions")
    assert answer.json["data"] == {"number": str(order.number), "actions": ["amend", "cancel", "note"]}
    tag = answer.headers["ETag"]
    assert mayas.get(f"/orders/{order.number}", If_None_Match=tag).status_code == 304


def test_staff_are_told_what_they_may_do(toms, order):
    told = toms.get(f"/orders/{order.number}").json["data"]
    assert told["actions"] == ["confirm", "hold", "amend", "cancel", "note"]


def test_what_belongs_to_others_does_not_exist(mayas, theirs, context, maya):
    assert mayas.get(f"/orders/{theirs.number}").status_code == 404
    assert mayas.get(f"/orders/{10**17}").status_code == 404
    assert changed(mayas, theirs, notes="x").status_code == 404
    assert mayas.delete(f"/orders/{theirs.number}", version=1).status_code == 404
    reason = {"reason": "x"}
    assert moved(mayas, theirs, "cancel", reason).status_code == 404
    assert moved(mayas, theirs, "notes", {"text": "x"}).status_code == 404
    assert theirs.number not in numbers(mayas.get("/orders"))
    assert numbers(mayas.get("/orders?q=ND-7")) == []


@pytest.mark.parametrize("verb", ["confirm", "hold", "release"])
def test_a_buyers_key_cannot_do_what_is_ours(context, cafe, order, verb):
    text = key_text(context, "orders:read", "orders:write", customer_id=cafe.id)
    answer = moved(Program(context, text), order, verb, None if verb == "confirm" else {"reason": "x"})
    assert (answer.status_code, code_of(answer)) == (403, "forbidden")
    assert as_it_is(order).status == "pending"


def test_whoever_may_only_read_changes_nothing(context, cafe, order):
    program = Program(context, key_text(context, "orders:read", customer_id=cafe.id))
    assert program.get(f"/orders/{order.number}").status_code == 200
    assert changed(program, order, notes="x").status_code == 403
    assert moved(program, order, "cancel", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("", "both"),
        ("status=pending", "both"),
        ("status=shipped", "none"),
        ("customer=copper-kettle-caf", "ours"),
        ("customer=NOBODY", "none"),
        ("po_number=ck-1119", "ours"),
        ("po_number=CK", "none"),
        ("sku=burger-buns", "ours"),
        ("sku=NO-SUCH-THING", "none"),
        ("q=CK-11", "ours"),
        ("q=northgate", "theirs"),
        ("q=burger-buns", "ours"),
        ("q=%25", "none"),
        ("placed_from=2999-01-01", "none"),
        ("placed_to=2020-01-01", "none"),
    ],
)
def test_the_list_is_filtered(toms, order, theirs, query, finds):
    found = {"both": [theirs, order], "none": [], "ours": [order], "theirs": [theirs]}[finds]
    assert numbers(toms.get(f"/orders?{query}")) == [one.number for one in found]


def test_the_list_is_found_by_number_and_day_sorted_and_paged(toms, order, theirs):
    assert numbers(toms.get(f"/orders?q={order.number}")) == [order.number]
    assert numbers(toms.get(f"/orders?placed_from={today()}&placed_to={today()}&sort=-promised_on")) == [
        theirs.number,
        order.number,
    ]
    page = toms.get("/orders?page_size=1&page=2&sort=number").json["data"]
    assert ([row["number"] for row in page["items"]], page["total"]) == ([str(theirs.number)], 2)
    for query in (
        "sort=customer",
        "sort=total",
        "status=lost",
        "placed_from=yesterday",
        "page=101&page_size=100",
        "x=1",
    ):
        assert toms.get(f"/orders?{query}").status_code == 422, query


def test_a_page_asks_as_often_however_long_it_is(toms, order, theirs, cafe, espresso):
    def asked() -> int:
        with noted() as statements:
            toms.get("/orders")
        return len(statements)

    before = asked()
    for _ in range(3):
        placed({espresso: 1}, cafe)
    assert asked() == before


def test_a_buyer_changes_what_was_ordered(mayas, order, espresso, buns):
    items = [{"sku": "burger-buns", "quantity": 18}, {"product_id": espresso.id, "quantity": 6}]
    answer = changed(mayas, order, items=items, notes="Ring twice", po_number="CK-1120")
    data = answer.json["data"]
    assert answer.status_code == 200, answer.text
    assert [(item["sku"], item["quantity"], item["unit_price"]) for item in data["items"]] == [
        ("HOUSE-ESPRESSO", 6, "17.50"),
        ("BURGER-BUNS", 18, "0.60"),
    ]
    assert (data["notes"], data["po_number"], data["subtotal_net"]) == ("Ring twice", "CK-1120", "115.80")
    assert (shelf(espresso).reserved, shelf(buns).reserved) == (6, 18)
    assert answer.headers["ETag"] == f'"{as_it_is(order).version}"'


def test_what_is_left_out_of_the_list_leaves_the_order_and_can_come_back(mayas, order, espresso, buns):
    espressos = {"sku": "HOUSE-ESPRESSO", "quantity": 4}
    data = changed(mayas, order, items=[espressos]).json["data"]
    assert [item["quantity_cancelled"] for item in data["items"]] == [0, 12]
    assert shelf(buns).reserved == 0
    answer = changed(mayas, order, items=[espressos | {"quantity": 5}])
    assert answer.status_code == 200, answer.text
    db.session.query(Price).filter_by(product_id=buns.id).update({"unit_price": "0.65"})
    db.session.commit()
    answer = changed(mayas, order, items=[espressos, {"sku": "BURGER-BUNS", "quantity": 12}])
    back = answer.json["data"]["items"][1]
    assert (back["quantity_cancelled"], back["unit_price"], back["line_net"]) == (0, "0.65", "7.80")


def test_a_line_that_is_sold_no_more_can_stay(mayas, order, buns):
    db.session.merge(buns).status = "discontinued"
    db.session.commit()
    kept = {"sku": "BURGER-BUNS", "quantity": 12}
    assert changed(mayas, order, items=[{"sku": "HOUSE-ESPRESSO", "quantity": 2}, kept]).status_code == 200
    more = changed(mayas, order, items=[kept | {"quantity": 24}])
    assert wrong(more) == [("not_orderable", "items.0.sku")]


@pytest.mark.parametrize(
    ("items", "code", "field"),
    [
        ([], "invalid", "items"),
        ([{"sku": "HOUSE-ESPRESSO", "quantity": 0}], "invalid", "items.0.quantity"),
        ([{"sku": "NO-SUCH-THING", "quantity": 1}], "not_orderable", "items.0.sku"),
        ([{"sku": "BURGER-BUNS", "quantity": 13}], "refused", "items.0.quantity"),
        ([{"sku": "BURGER-BUNS", "quantity": 60}], "out_of_stock", "items.0.quantity"),
    ],
)
def test_a_wrong_change_is_refused_by_its_field_and_changes_nothing(mayas, order, items, code, field):
    answer = changed(mayas, order, items=items, notes="New")
    assert answer.status_code == (409 if code == "out_of_stock" else 422)
    assert wrong(answer) == [(code, field)]
    assert (as_it_is(order).notes, as_it_is(order).version) == ("", order.version)


def test_a_change_needs_the_version_it_was_made_from(mayas, order):
    assert mayas.ask("PATCH", f"/orders/{order.number}", {"notes": "x"}).status_code == 428
    assert changed(mayas, order, version=99, notes="x").status_code == 412
    assert mayas.delete(f"/orders/{order.number}", version=None).status_code == 428
    assert mayas.delete(f"/orders/{order.number}", version=99).status_code == 412


@pytest.mark.parametrize("field", [{"deliver_on": "2020-01-01"}, {"address_id": 987_654_321}])
def test_a_day_or_door_that_cannot_be_is_refused(mayas, order, field):
    factories.delivery_method("Our van")
    answer = changed(mayas, order, **field)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, *field)


def test_staff_move_the_day_of_a_confirmed_order_and_buyers_do_not(toms, mayas, order):
    day = str(date(2030, 1, 2))
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    refused = changed(mayas, order, deliver_on=day)
    assert (refused.status_code, code_of(refused)) == (409, "illegal_transition")
    assert changed(toms, order, deliver_on=day).json["data"]["delivery"]["promised_on"] == day


def test_deleting_cancels_what_is_pending_and_nothing_else(mayas, toms, order, theirs, espresso):
    answer = mayas.delete(f"/orders/{order.number}", version=order.version)
    data = answer.json["data"]
    assert (answer.status_code, data["status"], data["total"], data["actions"]) == (
        200,
        "cancelled",
        "0.00",
        ["note"],
    )
    assert shelf(espresso).reserved == 1
    confirmed = moving.confirm(theirs.number, by=SYSTEM, at=clock.now())
    refused = toms.delete(f"/orders/{theirs.number}", version=confirmed.version)
    assert (refused.status_code, code_of(refused)) == (409, "illegal_transition")


def test_the_desk_confirms_holds_releases_and_cancels(toms, order):
    held = moved(toms, order, "hold", {"reason": " Ring  them "})
    assert (held.json["data"]["hold_reason"], held.json["data"]["status"]) == ("staff", "pending")
    assert as_it_is(order).hold_note == "Ring them"
    refused = moved(toms, order, "confirm")
    assert (refused.status_code, code_of(refused)) == (409, "illegal_transition")
    assert moved(toms, order, "release", {"reason": "They rang"}).json["data"]["hold_reason"] is None
    confirmed = moved(toms, order, "confirm")
    assert (confirmed.json["data"]["status"], confirmed.json["message"]) == ("confirmed", "Confirmed")
    cancelled = moved(toms, order, "cancel", {"reason": "They closed"}).json["data"]
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "They closed")
    assert code_of(moved(toms, order, "cancel", {"reason": "Again"})) == "illegal_transition"


def test_an_order_whose_day_is_over_is_not_confirmed(toms, order):
    db.session.merge(order).promised_on = today() - timedelta(days=1)
    db.session.commit()
    refused = moved(toms, order, "confirm")
    assert (refused.status_code, code_of(refused)) == (409, "illegal_transition")
    assert "Move the delivery day first." in refused.json["message"]
    assert "confirm" not in toms.get(f"/orders/{order.number}").json["data"]["actions"]


def test_a_credit_hold_asks_for_more(toms, context, order, owner):
    db.session.merge(order).hold_reason = "credit"
    db.session.commit()
    refused = moved(toms, order, "release", {"reason": "Paid"})
    assert "Whoever may release a credit hold" in refused.json["message"]
    hanas = signed_in(context, owner)
    assert moved(hanas, order, "release", {"reason": "Paid"}).json["data"]["hold_reason"] is None


def test_the_same_move_twice_is_made_once(toms, order):
    key = new_token()
    first, second = (
        toms.post(f"/orders/{order.number}/confirm", None, Idempotency_Key=key) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (200, 200)
    assert (second.data, second.headers["Idempotent-Replayed"]) == (first.data, "true")


@pytest.mark.parametrize("verb", VERBS)
def test_every_move_needs_its_key(toms, order, verb):
    body = {"confirm": None, "notes": {"text": "x"}}.get(verb, {"reason": "x"})
    answer = toms.post(f"/orders/{order.number}/{verb}", body)
    assert (answer.status_code, code_of(answer)) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x" * 201}, {"reason": "x", "by": "me"}])
def test_a_move_without_its_reason_is_refused(toms, order, body):
    assert moved(toms, order, "cancel", body).status_code == 422
    assert as_it_is(order).status == "pending"


def test_notes_are_written_to_ourselves_or_to_the_buyer(toms, mayas, order):
    ours = moved(toms, order, "notes", {"text": "Slow payer"})
    assert (ours.status_code, ours.json["data"]["kind"]) == (201, "internal")
    told = moved(toms, order, "notes", {"text": "On its way", "for_buyer": True}).json["data"]
    assert (told["kind"], told["author_name"]) == ("buyer", "Tom Ridley")
    thanks = moved(mayas, order, "notes", {"text": "Thanks\nMaya", "for_buyer": False}).json["data"]
    assert (thanks["text"], thanks["kind"]) == ("Thanks\nMaya", "buyer")
    assert db.session.query(OrderNote).count() == 3
    assert moved(mayas, order, "notes", {"text": " "}).status_code == 422


DOING = {"confirm": None, "hold": {"reason": "x"}, "release": {"reason": "x"}, "cancel": {"reason": "x"}}


def standing_at(order: Order, standing: str) -> Order:
    if standing == "confirmed":
        moving.confirm(order.number, by=SYSTEM, at=clock.now())
    elif standing != "pending":
        db.session.merge(order).hold_reason = standing
        db.session.commit()
    return order


@pytest.mark.parametrize("standing", ["pending", "staff", "credit", "confirmed"])
@pytest.mark.parametrize("permission", ["write", "confirm", "override", "fulfil"])
def test_actions_are_what_the_doors_let_through_and_nothing_else(
    context, cafe, espresso, permission, standing
):
    """Of orders that stand alike, one for each thing to do."""
    filled(espresso, 10)
    orders = {verb: standing_at(placed({espresso: 1}, cafe), standing) for verb in DOING}
    program = Program(context, key_text(context, "orders:read", f"orders:{permission}"))
    listed = program.get("/orders?fields=actions").json["data"]["items"]
    answers = {verb: moved(program, one, verb, DOING[verb]).status_code for verb, one in orders.items()}
    done = [verb for verb, status in answers.items() if status == 200]
    assert [sorted(set(row["actions"]) & DOING.keys()) for row in listed] == [sorted(done)] * len(orders)
    assert set(answers.values()) <= {200, 403, 409}
