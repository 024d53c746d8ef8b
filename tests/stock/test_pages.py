"""The desk's pages about stock: the list, one product, changing it, its limits, its ledger."""

import re
from urllib.parse import quote

import pytest

from app.catalogue.models import ProductStatus
from app.core.access import SYSTEM
from app.core.tokens import new_token
from app.core.transaction import in_one_transaction
from app.stock import service
from app.stock.models import MovementKind
from app.stock.queries import changes
from tests import factories
from tests.statements import noted
from tests.stock.shelving import Line, filled, ledger, shelf


def names(shown: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="/desk/stock/[^"]+">([^<]+)</a>', shown)


@pytest.fixture
def shelves(context):
    """Four kinds: enough, low, short, none at all."""
    plenty = filled(factories.product("Apple cake", shelf="C-1"), 30, low_at=5)
    low = filled(factories.product("Barm", shelf="B-1"), 4, low_at=5)
    short = filled(factories.product("Ciabatta", shelf="A-1"), 9)
    service.reserve([Line(short.id, 9)])
    service.count(short.id, 2, by=SYSTEM)
    return {"plenty": plenty, "low": low, "short": short, "none": factories.product("Doughnut")}


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", ["Apple cake", "Barm", "Ciabatta", "Doughnut"]),
        ("standing=low", ["Barm"]),
        ("standing=short", ["Ciabatta"]),
        ("standing=out", ["Ciabatta", "Doughnut"]),
        ("standing=nonsense", ["Apple cake", "Barm", "Ciabatta", "Doughnut"]),
        ("q=ciab", ["Ciabatta"]),
        ("q=barm&standing=short", []),
        ("sort=-name", ["Doughnut", "Ciabatta", "Barm", "Apple cake"]),
        ("sort=available", ["Ciabatta", "Doughnut", "Barm", "Apple cake"]),
        ("sort=-on_hand", ["Apple cake", "Barm", "Ciabatta", "Doughnut"]),
        ("sort=shelf", ["Doughnut", "Ciabatta", "Barm", "Apple cake"]),
    ],
)
def test_the_list_shows_what_is_asked_for_in_its_order(warehouse, shelves, query, listed):
    shown = warehouse.get(f"/desk/stock?{query}").text
    assert names(shown) == listed


def test_the_list_says_what_buyers_read(warehouse, shelves):
    shown = warehouse.get("/desk/stock").text
    assert re.findall(r'class="stock" data-tone="(\w+)">([^<]+)<', shown) == [
        ("good", "In stock"),
        ("warn", "Low, 4 left"),
        ("bad", "Out of stock"),
        ("bad", "Out of stock"),
    ]
    assert '<span class="down">−7</span>' in shown


def test_what_is_no_longer_sold_leaves_the_list_when_the_shelf_is_empty(warehouse, context):
    gone = ProductStatus.DISCONTINUED
    factories.product("Gone", status=gone)
    filled(factories.product("Going", status=gone), 3)
    assert names(warehouse.get("/desk/stock").text) == ["Going"]


def test_pages_follow_each_other_in_every_order(warehouse, context):
    for number in range(110):
        filled(factories.product(f"Loaf {number:03}", shelf=f"A-{number % 7}"), number % 5)
    for sort in ("name", "-sku", "available", "-on_hand", "shelf", "reserved"):
        seen = list(every_name(warehouse, f"/desk/stock?sort={sort}"))
        assert len(seen) == len(set(seen)) == 110, sort


def every_name(visitor, path):
    """Page after page."""
    while path:
        shown = visitor.get(path).text
        yield from names(shown)
        found = re.search(r'href="([^"]+)" rel="next"', shown)
        path = found[1].replace("&amp;", "&") if found else None


def test_the_list_and_one_product_cost_few_queries(warehouse, sourdough, context):
    for number in range(30):
        filled(factories.product(f"Loaf {number:03}"), number)
    for path, most in (("/desk/stock", 2), ("/desk/stock/BRD-SDG-800", 4)):
        with noted() as asked:
            warehouse.get(path)
        assert len(asked) <= most, (path, asked)


def test_the_list_comes_as_a_file_with_the_same_rows(warehouse, shelves):
    lines = warehouse.get("/desk/stock.csv?standing=out&sort=-name").text.splitlines()
    assert lines == [
        "\ufeffSKU,Name,Shelf,On hand,Held,Free,Low at,Backorder limit,Back on,Stock",
        "DOUGHNUT,Doughnut,,0,0,0,,0,,Out of stock",
        "CIABATTA,Ciabatta,A-1,2,9,-7,,0,,Out of stock",
    ]


@pytest.mark.parametrize(
    ("typed", "told", "after"),
    [
        ({"kind": "receive", "delta": "40", "reason": "tonight"}, "from 8 to 48", 48),
        ({"kind": "adjust", "delta": "2", "reason": "Burnt base"}, "from 8 to 6", 6),
        ({"kind": "count", "delta": "1,200"}, "from 8 to 1,200", 1200),
        ({"kind": "count", "delta": "0"}, "from 8 to 0", 0),
    ],
)
def test_what_happened_is_typed_and_told(warehouse, sourdough, typed, told, after):
    filled(sourdough, 8)
    answer = warehouse.submit("/desk/stock/BRD-SDG-800", once=new_token(), **typed)
    assert (answer.status_code, answer.location) == (303, "/desk/stock/BRD-SDG-800")
    shown = warehouse.get(answer.location).text
    assert f"On hand went {told}" in shown
    assert "Wanda Price" in shown
    assert shelf(sourdough).on_hand == after


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "receive", "delta": ""}, "Type how many."),
        ({"kind": "receive", "delta": "0"}, "Type how many came in, 1 or more."),
        ({"kind": "receive", "delta": "1.5"}, "Type a whole number, like 12."),
        ({"kind": "receive", "delta": "1,2"}, "Type a whole number, like 12."),
        ({"kind": "receive", "delta": "-3"}, "Type how many came in. For what went, choose Waste or damage."),
        ({"kind": "adjust", "delta": "\N{MINUS SIGN}3"}, "Type how many went, without a minus."),
        ({"kind": "count", "delta": "-3"}, "Type how many there are, 0 or more."),
        ({"kind": "receive", "delta": "٣"}, "Type a whole number, like 12."),
        ({"kind": "receive", "delta": "9" * 5000}, "Type 10,000,000 or fewer."),
        ({"kind": "adjust", "delta": "9", "reason": "gone"}, "Only 8 are on hand. Type 8 or fewer."),
        ({"kind": "adjust", "delta": "1"}, "Say what happened"),
        ({"kind": "magic", "delta": "1"}, "Choose what happened."),
        ({"kind": "count", "delta": "3", "reason": "x" * 201}, "Use 200 characters or fewer."),
    ],
)
def test_a_slip_is_told_beside_its_field_and_what_was_typed_stays(warehouse, sourdough, typed, sentence):
    filled(sourdough, 8)
    answer = warehouse.submit("/desk/stock/BRD-SDG-800", once=new_token(), **typed)
    assert answer.status_code == 422
    assert re.search(rf'id="(kind|delta|reason)-error">.*{re.escape(sentence)}', answer.text)
    assert f'value="{typed["delta"]}"' in answer.text
    assert len(ledger(sourdough)) == 1


def test_a_change_sent_twice_is_made_once(warehouse, sourdough):
    once = new_token()
    for _ in range(2):
        answer = warehouse.submit("/desk/stock/BRD-SDG-800", once=once, kind="receive", delta="5")
        assert answer.status_code == 303
    assert ledger(sourdough) == [("receive", 5, 5)]


def test_the_ledger_says_waste_of_what_went_and_corrected_of_what_was_found(warehouse, sourdough):
    filled(sourdough, 8)
    service.adjust(sourdough.id, -2, reason="Burnt base", by=SYSTEM)
    service.adjust(sourdough.id, 1, reason="Behind the shelf", by=SYSTEM)
    shown = warehouse.get("/desk/stock/BRD-SDG-800").text
    assert "<strong>−2</strong> waste or damage: Burnt base" in shown
    assert "<strong>+1</strong> corrected: Behind the shelf" in shown


@pytest.mark.parametrize("kind", [MovementKind.COUNT, MovementKind.IMPORT])
def test_a_count_by_hand_and_one_by_file_both_say_when(warehouse, sourdough, kind):
    filled(sourdough, 8)
    assert "never counted" in warehouse.get("/desk/stock/BRD-SDG-800").text
    in_one_transaction(lambda: changes.move(sourdough.id, -1, kind=kind, by=SYSTEM))
    assert "counted Today" in warehouse.get("/desk/stock/BRD-SDG-800").text


def test_limits_are_set_before_anything_has_moved(warehouse, sourdough):
    page = "/desk/stock/BRD-SDG-800/limits"
    assert 'value="1"' in warehouse.get(page).text
    typed = {"back_on": "2099-11-24", "backorder_limit": "20", "low_at": "5", "version": "1"}
    assert warehouse.submit(page, **typed).status_code == 303
    assert shelf(sourdough)[2:4] == (20, 5)
    shown = warehouse.get("/desk/stock/BRD-SDG-800").text
    assert "24 November 2099" in shown
    assert "Back 24 Nov 2099" in shown
    assert warehouse.submit(page, back_on="", backorder_limit="0", low_at="", version="2").status_code == 303
    assert shelf(sourdough) == (0, 0, 0, None, None)


def test_limits_that_somebody_else_changed_meanwhile_are_shown_beside_what_was_typed(warehouse, sourdough):
    page = "/desk/stock/BRD-SDG-800/limits"
    warehouse.submit(page, backorder_limit="20", low_at="5", version="1")
    answer = warehouse.submit(page, backorder_limit="20", low_at="9", version="1")
    assert answer.status_code == 409
    assert "It is now “5”." in answer.text
    assert 'name="low_at" type="text" value="9"' in answer.text
    assert shelf(sourdough).low_at == 5
    assert warehouse.submit(page, backorder_limit="20", low_at="9", version="2").status_code == 303
    assert shelf(sourdough).low_at == 9


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"back_on": "2020-01-01"}, "This day is over."),
        ({"backorder_limit": ""}, "Type how many, or 0 for none."),
        ({"back_on": "soon"}, "Choose a day, like 2026-12-31."),
        ({"low_at": "-1"}, "Type a whole number, like 12."),
        ({"backorder_limit": "99999999999"}, "Type 10,000,000 or fewer."),
    ],
)
def test_limits_that_cannot_be_are_refused_beside_their_field(warehouse, sourdough, typed, sentence):
    answer = warehouse.submit(
        "/desk/stock/BRD-SDG-800/limits", **({"version": "1", "backorder_limit": "0"} | typed)
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert shelf(sourdough) == (0, 0, 0, None, None)


def test_the_ledger_pages_through_every_change(warehouse, sourdough):
    for number in range(1, 61):
        service.count(sourdough.id, number, reason=f"Look {number:02}", by=SYSTEM)
    first = warehouse.get("/desk/stock/BRD-SDG-800/ledger").text
    looks = re.findall(r"Look \d\d", first)
    assert looks[0] == "Look 60"
    rest = warehouse.get(re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")).text
    assert looks + re.findall(r"Look \d\d", rest) == [f"Look {number:02}" for number in range(60, 0, -1)]
    file = warehouse.get("/desk/stock/BRD-SDG-800/ledger.csv").text.splitlines()
    assert len(file) == 61
    assert re.search(r",count,1,60,Look 60,,Docket$", file[1])


def test_whoever_may_not_change_stock_sees_it_and_no_form(as_user, tom, sourdough):
    clerk = as_user(tom)
    shown = clerk.get("/desk/stock/BRD-SDG-800").text
    assert "Sourdough, 800 g" in shown
    assert "Save change" not in shown
    assert clerk.submit("/desk/stock/BRD-SDG-800", kind="receive", delta="5").status_code == 403


@pytest.mark.parametrize("path", ["", "/limits", "/ledger", "/ledger.csv"])
@pytest.mark.parametrize("sku", ["NO-SUCH", "%00", "a" * 400, "' OR 1=1"])
def test_a_product_that_is_not_there_is_not_found(warehouse, context, sku, path):
    assert warehouse.get(f"/desk/stock/{quote(sku, safe='%')}{path}").status_code == 404


def test_an_sku_is_found_in_any_case_and_with_any_sign(warehouse, context):
    factories.product("Odd one", sku="0090.750+a_b-C")
    assert "Odd one" in warehouse.get("/desk/stock/0090.750+A_B-c").text
    assert 'href="/desk/stock/0090.750%2Ba_b-C"' in warehouse.get("/desk/stock").text
