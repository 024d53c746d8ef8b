"""Stock through the JSON door: figures for staff, a word for buyers, movements once."""

import pytest
from flask import Flask

from app.catalogue.models import ProductStatus
from app.core.tokens import new_token
from tests import factories
from tests.accounts.program import Program, code_of
from tests.architecture.rows import key_text
from tests.stock.shelving import filled, ledger, shelf

FIGURES = ("on_hand", "reserved", "available", "sellable", "backorder_limit", "low_at")


def moved(program: Program, sku: str = "BRD-SDG-800", *, key: str = "", **body):
    return program.post(f"/stock/{sku}/movements", body, Idempotency_Key=key or new_token())


def test_staff_read_figures(wandas, context, sourdough):
    filled(sourdough, 8, reserved=3, backorder_limit=10, low_at=6)
    assert wandas.get("/stock/brd-sdg-800").json["data"] == {
        "sku": "BRD-SDG-800",
        "state": "low",
        "back_on": None,
        "on_hand": 8,
        "reserved": 3,
        "available": 5,
        "sellable": 15,
        "backorder_limit": 10,
        "low_at": 6,
    }


def test_buyers_read_a_state_and_no_figure(mayas, context, sourdough, rye):
    filled(sourdough, 8, back_on="2099-11-24")
    filled(rye, 0, back_on="2099-11-24")
    told = {row["sku"]: row for row in mayas.get("/stock").json["data"]["items"]}
    assert (told["BRD-SDG-800"]["state"], told["BRD-SDG-800"]["back_on"]) == ("in_stock", None)
    assert (told["BRD-RYE-900"]["state"], told["BRD-RYE-900"]["back_on"]) == ("back", "2099-11-24")
    assert {row[name] for row in told.values() for name in FIGURES} == {None}


def test_buyers_do_not_know_what_is_not_on_sale(app: Flask, mayas, wandas):
    with app.app_context():
        factories.product("Secret", sku="SECRET", status=ProductStatus.DRAFT)
    assert mayas.get("/stock/SECRET").status_code == 404
    assert mayas.get("/stock?q=secret").json["data"]["total"] == 0
    assert wandas.get("/stock/SECRET").json["data"]["on_hand"] == 0


def test_the_list_is_searched_sorted_and_paged(wandas, context, sourdough, rye):
    assert [row["sku"] for row in wandas.get("/stock?sort=-name").json["data"]["items"]] == [
        "BRD-SDG-800",
        "BRD-RYE-900",
    ]
    found = wandas.get("/stock?q=rye&fields=sku").json["data"]
    assert (found["items"], found["total"]) == ([{"sku": "BRD-RYE-900"}], 1)
    assert wandas.get("/stock?page_size=1").json["data"]["has_more"] is True
    assert wandas.get("/stock?sort=on_hand").status_code == 422


@pytest.fixture
def eight(context, sourdough):
    """Eight loaves on the shelf."""
    return filled(sourdough, 8)


@pytest.mark.parametrize(
    ("body", "delta", "after"),
    [
        ({"kind": "receive", "delta": 40, "reason": "bake"}, 40, 48),
        ({"kind": "adjust", "delta": -3, "reason": "torn"}, -3, 5),
        ({"kind": "adjust", "delta": 3, "reason": "found"}, 3, 11),
        ({"kind": "count", "counted": 2, "reason": ""}, -6, 2),
    ],
)
def test_a_movement_answers_with_itself_and_the_stock(wandas, eight, body, delta, after):
    answer = moved(wandas, **body)
    assert answer.status_code == 201, answer.text
    data = answer.json["data"]
    assert {name: data["movement"][name] for name in ("kind", "delta", "balance_after", "reason")} == {
        "kind": body["kind"],
        "delta": delta,
        "balance_after": after,
        "reason": body["reason"],
    }
    assert data["stock"]["on_hand"] == shelf(eight).on_hand == after


def test_a_movement_sent_twice_moves_once(wandas, context, sourdough):
    key = new_token()
    first, second = (moved(wandas, key=key, kind="receive", delta=5) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert ledger(sourdough) == [("receive", 5, 5)]
    other = moved(wandas, key=key, kind="receive", delta=6)
    assert (other.status_code, code_of(other)) == (422, "idempotency_key_reused")


def test_a_movement_needs_its_key(wandas, context, sourdough):
    answer = wandas.post("/stock/BRD-SDG-800/movements", {"kind": "receive", "delta": 5})
    assert (answer.status_code, code_of(answer)) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"kind": "receive"}, "missing", "delta"),
        ({"kind": "count"}, "missing", "counted"),
        ({"kind": "count", "delta": 4}, "refused", "delta"),
        ({"kind": "receive", "delta": 4, "counted": 4}, "refused", "counted"),
        ({"kind": "receive", "delta": "4"}, "invalid", "delta"),
        ({"kind": "receive", "delta": 4.5}, "invalid", "delta"),
        ({"kind": "receive", "delta": True}, "invalid", "delta"),
        ({"kind": "receive", "delta": -4}, "refused", "delta"),
        ({"kind": "receive", "delta": 10**30}, "invalid", "delta"),
        ({"kind": "adjust", "delta": -9, "reason": "x"}, "refused", "delta"),
        ({"kind": "adjust", "delta": -1, "reason": " "}, "refused", "reason"),
        ({"kind": "count", "counted": -1}, "invalid", "counted"),
        ({"kind": "ship", "delta": -1}, "invalid", "kind"),
        ({"kind": "receive", "delta": 1, "balance_after": 9}, "unknown_field", "balance_after"),
        ({"delta": 1}, "missing", "kind"),
    ],
)
def test_a_wrong_movement_is_refused_by_its_field_and_moves_nothing(wandas, eight, body, code, field):
    answer = moved(wandas, **body)
    error = answer.json["errors"][0]
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)
    assert ledger(eight) == [("receive", 8, 8)]


def test_only_staff_who_may_change_stock_do(app: Flask, mayas, sourdough):
    """Of buyers not even the permission to change stock can be given away."""
    assert moved(mayas, kind="receive", delta=5).status_code == 404
    reader, writer = (Program(app, key_text(app, name)) for name in ("orders:read", "stock:write"))
    assert moved(reader, kind="receive", delta=5).status_code == 403
    with app.app_context():
        assert ledger(sourdough) == []
    assert moved(writer, kind="receive", delta=5).status_code == 201


def test_what_is_held_shows_as_short(wandas, context, sourdough):
    filled(sourdough, 8, reserved=8)
    data = moved(wandas, kind="count", counted=5).json["data"]["stock"]
    assert (data["available"], data["sellable"], data["state"]) == (-3, -3, "out")
