"""A percentage on many prices: what it would do is what it does, once, and only from its day on."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest

from app.catalogue.models import Price
from app.catalogue.queries.offers import offers
from app.core.audit import AuditEvent
from app.core.database import db
from tests import factories
from tests.catalogue.test_price_lists import TODAY, hidden, prices_of, words
from tests.visitor import Visitor

LATER = TODAY + timedelta(days=10)
A_DAY = timedelta(days=1)


@pytest.fixture
def desk(as_user, owner, context) -> Visitor:
    found: Visitor = as_user(owner)
    return found


@pytest.fixture
def rye(context):
    found = factories.product("Dark rye")
    factories.price(found, "3.25")
    return found


def path_of() -> str:
    return f"/admin/price-lists/{factories.base_list().id}/change"


def wish(
    percent: str = "3.5", *, on: date = LATER, down: bool = False, category_id: object = ""
) -> dict[str, str]:
    direction = "down" if down else "up"
    return {
        "direction": direction,
        "percent": percent,
        "starts_on": on.isoformat(),
        "category_id": str(category_id),
    }


def preview(desk: Visitor, wanted: dict[str, str]):
    return desk.get(f"{path_of()}?{urlencode(wanted)}")


def change(desk: Visitor, wanted: dict[str, str], page: str = "", **more: str):
    """Sent from the preview, whose address says what was asked for, too."""
    page = page or preview(desk, wanted).text
    return desk.submit(f"{path_of()}?{urlencode(wanted)}", version=hidden("version", page), **wanted, **more)


def test_the_preview_shows_old_and_new_and_changes_nothing(desk, rye):
    page = words(preview(desk, wish()))
    assert "1 price of 1 product would change" in page
    assert "£3.25" in page
    assert "<strong>£3.36</strong>" in page
    assert prices_of(rye) == [(1, "3.25", None, None)]


def test_a_price_under_way_ends_the_day_before_and_goes_on_anew(desk, rye):
    assert change(desk, wish()).status_code == 303
    assert prices_of(rye) == [(1, "3.25", None, LATER - A_DAY), (1, "3.36", LATER, None)]
    event = db.session.query(AuditEvent).filter_by(action="price_list.changed_by_percent").one()
    assert event.diff["percent"] == [None, "3.5"]
    assert event.diff["prices"] == [None, 1]


def test_a_price_that_begins_later_is_changed_where_it_stands(desk, context):
    bun = factories.product("Bun")
    factories.price(bun, "1.00", valid_to=LATER + A_DAY)
    factories.price(bun, "2.00", valid_from=LATER + 2 * A_DAY)
    change(desk, wish("10"))
    assert prices_of(bun) == [
        (1, "1", None, LATER - A_DAY),
        (1, "1.1", LATER, LATER + A_DAY),
        (1, "2.2", LATER + 2 * A_DAY, None),
    ]


def test_a_price_that_is_over_by_then_stays(desk, rye, context):
    bun = factories.product("Bun")
    factories.price(bun, "1.00", valid_to=LATER - A_DAY)
    assert change(desk, wish()).status_code == 303
    assert prices_of(bun) == [(1, "1", None, LATER - A_DAY)]


@pytest.mark.parametrize(
    ("old", "percent", "new"),
    [
        ("18.40", "3.5", "19.04"),
        ("10.10", "5", "10.61"),  # 10.605: half a penny up
        ("0.0125", "10", "0.0138"),  # 0.01375: as many places as before
    ],
)
def test_the_rounding_is_the_one_that_the_page_says(desk, context, old, percent, new):
    bun = factories.product("Bun")
    factories.price(bun, old)
    change(desk, wish(percent, on=TODAY))
    assert prices_of(bun)[-1][1] == new


def test_prices_are_lowered_too(desk, rye):
    change(desk, wish("20", down=True, on=TODAY))
    assert prices_of(rye)[-1][1] == "2.6"


def test_only_a_branch_of_the_catalogue_and_what_grows_from_it(desk, rye):
    coffee = factories.category("Coffee")
    filters = factories.category("Filter", parent_id=coffee.id)
    guji = factories.product("Guji", category_id=filters.id)
    factories.price(guji, "10.00")
    change(desk, wish("10", category_id=coffee.id))
    assert len(prices_of(guji)) == 2
    assert len(prices_of(rye)) == 1


def test_other_lists_stay_as_they_are(desk, rye):
    cafes = factories.price_list("Cafes")
    kept = factories.price(rye, "3.00", on=cafes).id
    change(desk, wish())
    assert db.session.get_one(Price, kept).unit_price == Decimal("3.0000")


def test_sent_twice_it_happens_once(desk, rye):
    page = preview(desk, wish()).text
    answers = [change(desk, wish(), page, once="the same") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert [row[1] for row in prices_of(rye)] == ["3.25", "3.36"]


def test_sent_again_from_an_old_preview_it_is_refused_and_shown_anew(desk, rye):
    page = preview(desk, wish(on=TODAY)).text
    change(desk, wish(on=TODAY), page)
    again = change(desk, wish(on=TODAY), page)
    assert again.status_code == 409
    assert "Prices on this list were changed since you looked" in words(again)
    assert "£3.48" in words(again)
    assert [row[1] for row in prices_of(rye)] == ["3.25", "3.36"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (wish(""), "Type by how many percent"),
        (wish("lots"), "is not an amount"),
        (wish("0"), "Type more than 0"),
        (wish("100", down=True), "less than 100 to lower"),
        (wish(on=TODAY - A_DAY), "What was charged stays as it was."),
        (wish() | {"starts_on": "soon"}, "Choose a day"),
        (wish() | {"category_id": "99999"}, "Choose one of those in the list."),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(desk, rye, wanted, said):
    answer = preview(desk, wanted)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "would change" not in words(answer)


def test_where_nothing_would_change_nothing_is_done(desk, rye):
    nowhere = wish(category_id=factories.category("Nothing yet").id)
    assert "No price would change." in words(preview(desk, nowhere))
    answer = desk.submit(f"{path_of()}?{urlencode(nowhere)}", version="0", **nowhere)
    assert (answer.status_code, "No price would change." in words(answer)) == (422, True)
    assert not db.session.query(AuditEvent).filter_by(action="price_list.changed_by_percent").count()


def test_a_price_that_would_not_fit_is_refused_and_nothing_changes(desk, rye):
    factories.price(factories.product("Gold"), "99999999")
    answer = change(desk, wish("50"))
    assert answer.status_code == 422
    assert "more than we can write down" in words(answer)
    assert len(prices_of(rye)) == 1


def test_the_preview_is_walked_page_by_page(desk, context):
    for number in range(60):
        factories.price(factories.product(f"Thing {number:02}"), "1.00")
    page = words(preview(desk, wish()))
    assert "60 prices of 60 products would change" in page
    assert 'rel="next"' in page
    assert "percent=3.5" in page


def file_of(desk: Visitor, wanted: dict[str, str]) -> list[str]:
    answer = desk.get(f"{path_of()}.csv?{urlencode(wanted)}")
    assert answer.status_code == 200
    return answer.text.lstrip("\ufeff").splitlines()


def test_the_preview_comes_as_a_file_with_every_price_that_would_change(desk, rye):
    rye.name = "=Dark rye"
    bun = factories.product("Bun")
    factories.price(bun, "1.00", valid_to=LATER + A_DAY)
    factories.price(bun, "2.00", valid_from=LATER + 2 * A_DAY, min_qty=10)
    for number in range(60):
        factories.price(factories.product(f"Thing {number:02}"), "0.0125")
    assert f'href="{path_of()}.csv?' in preview(desk, wish("10")).text
    lines = file_of(desk, wish("10"))
    assert len(lines) == 1 + 63
    assert lines[:4] == [
        "price_list,sku,name,min_qty,old_price,unit_price,valid_from,valid_to",
        f"base,DARK-RYE,'=Dark rye,1,3.25,3.58,{LATER},",
        f"base,BUN,Bun,1,1.00,1.10,{LATER},{LATER + A_DAY}",
        f"base,BUN,Bun,10,2.00,2.20,{LATER + 2 * A_DAY},",
    ]
    assert lines[4] == f"base,THING-00,Thing 00,1,0.0125,0.0138,{LATER},"


@pytest.mark.parametrize("wanted", [{}, wish("0"), wish(on=TODAY - A_DAY)])
def test_without_a_preview_there_is_no_file_and_the_page_says_why(desk, rye, wanted):
    answer = desk.get(f"{path_of()}.csv?{urlencode(wanted)}")
    assert (answer.status_code, answer.location) == (303, f"{path_of()}?{urlencode(wanted)}".rstrip("?"))


def test_customers_pay_the_new_price_from_its_day_on(desk, rye, copper_kettle):
    change(desk, wish())
    days = (LATER - A_DAY, LATER)
    found = [offers([rye.id], customer_id=copper_kettle.id, on=on)[rye.id] for on in days]
    assert [offer.unit_price for [offer] in found] == [Decimal("3.25"), Decimal("3.36")]
