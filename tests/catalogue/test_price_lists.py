"""Price lists as staff keep them: adding, changing, removing, and the prices of a product on one."""

import re
from datetime import date, timedelta

import flask
import pytest

from app.accounts.models import Customer
from app.catalogue.models import Price, PriceList
from app.catalogue.service import price_lists as service
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotFound
from tests import factories
from tests.statements import noted
from tests.visitor import Visitor

TODAY = clock.now().date()


@pytest.fixture
def desk(as_user, owner, context) -> Visitor:
    found: Visitor = as_user(owner)
    return found


@pytest.fixture
def rye(context):
    return factories.product("Dark rye")


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def hidden(name: str, page: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def page_of(product, on: PriceList | None = None) -> str:
    return f"/admin/price-lists/{(on or factories.base_list()).id}/prices/{product.sku}"


def save(desk: Visitor, path: str, *rows: tuple[str, ...], page: str = ""):
    """Type these rows and save: how many, price, first day, last day."""
    page = page or desk.get(path).text
    names = ("min_qty", "unit_price", "valid_from", "valid_to")
    typed = {
        f"{name}_{n}": value for n, row in enumerate(rows) for name, value in zip(names, row, strict=False)
    }
    return desk.submit(path, version=hidden("version", page), rows=str(len(rows)), **typed)


def prices_of(product) -> list[tuple[int, str, date | None, date | None]]:
    rows = (
        db.session.query(Price)
        .filter_by(product_id=product.id)
        .order_by(Price.min_qty, Price.valid_from.nulls_first())
    )
    return [(row.min_qty, str(row.unit_price.normalize()), row.valid_from, row.valid_to) for row in rows]


def test_a_list_is_added_and_stands_among_the_others(desk):
    made = desk.submit("/admin/price-lists/new", name="Cafés", code="cafes", is_active="y")
    assert made.status_code == 303
    assert "Cafés added" in words(desk.get(made.location))
    assert "Cafés" in words(desk.get("/admin/price-lists"))
    assert db.session.query(AuditEvent).filter_by(action="price_list.created").count() == 1


def test_a_contract_belongs_to_one_customer(desk, copper_kettle):
    path = "/admin/price-lists/new?kind=contract"
    nobody = desk.submit(path, name="Agreed", code="agreed", is_active="y", customer_id="Nobody")
    assert nobody.status_code == 422
    assert "We know no one customer called Nobody" in words(nobody)
    desk.submit(path, name="Agreed", code="agreed", is_active="y", customer_id="copper kettle café")
    agreed = db.session.query(PriceList).filter_by(code="agreed").one()
    assert agreed.customer_id == copper_kettle.id
    assert "Contract with Copper Kettle Café" in words(desk.get(f"/admin/price-lists/{agreed.id}"))
    assert desk.get(f"/admin/price-lists/{agreed.id}/edit").status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Type a name for this list."),
        ({"code": ""}, "Type a short code"),
        ({"code": "two words"}, "Use letters, digits, points and dashes"),
        ({"code": "BASE"}, "There is already a price list with the code BASE."),
        ({"valid_from": "2026-12-02", "valid_to": "2026-12-01"}, "It ends before it begins."),
        ({"valid_from": "tomorrow"}, "Choose a day, like 2026-12-31."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(desk, typed, said):
    answer = desk.submit(
        "/admin/price-lists/new", **({"name": "Bakers", "code": "bakers", "is_active": "y"} | typed)
    )
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="Bakers"' in answer.text or not typed.get("name", "x")
    assert db.session.query(PriceList).count() == 1


def test_a_list_is_changed_and_a_stale_form_is_told(desk):
    cafes = factories.price_list("Cafes")
    path = f"/admin/price-lists/{cafes.id}/edit"
    version = hidden("version", desk.get(path).text)
    facts = {"code": "cafes", "version": version}
    assert desk.submit(path, name="Cafés and bars", is_active="y", **facts).status_code == 303
    stale = desk.submit(path, name="Bars", **facts)
    assert stale.status_code == 409
    assert "It is now “Cafés and bars”." in words(stale)
    assert "It is now on." in words(stale)


@pytest.mark.parametrize("typed", [{"valid_to": "2027-01-01", "is_active": "y"}, {}])
def test_the_base_list_holds_always(desk, typed):
    path = f"/admin/price-lists/{factories.base_list().id}/edit"
    version = hidden("version", desk.get(path).text)
    answer = desk.submit(path, name="Base", code="base", version=version, **typed)
    assert answer.status_code == 422
    assert "The base list holds for everybody, every day." in words(answer)


def test_a_list_that_somebody_buys_by_cannot_go_and_says_who(desk, copper_kettle, northgate):
    cafes = factories.price_list("Cafes")
    for one in (copper_kettle, northgate):
        db.session.get_one(Customer, one.id).price_list_id = cafes.id
    db.session.commit()
    path = f"/admin/price-lists/{cafes.id}/remove"
    assert "Copper Kettle Café and Northgate Deli buy by this list" in words(desk.get(path))
    refused = desk.submit(path, version="1")
    assert refused.status_code == 422
    db.session.query(Customer).update({"price_list_id": None})
    db.session.commit()
    assert desk.submit(path, version="1").status_code == 303
    assert desk.get(f"/admin/price-lists/{cafes.id}").status_code == 404


def test_the_base_list_cannot_go(desk):
    refused = desk.submit(f"/admin/price-lists/{factories.base_list().id}/remove", version="1")
    assert refused.status_code == 422
    assert "The base list cannot go" in words(refused)


def test_a_products_prices_are_typed_with_breaks_and_days(desk, rye):
    saved = save(
        desk,
        page_of(rye),
        ("1", "3.25"),
        ("6", "3.1", "", "2026-12-31"),
        ("6", "£3.05", "2027-01-01"),
        ("", ""),
    )
    assert saved.status_code == 303
    assert prices_of(rye) == [
        (1, "3.25", None, None),
        (6, "3.1", None, date(2026, 12, 31)),
        (6, "3.05", date(2027, 1, 1), None),
    ]
    event = db.session.query(AuditEvent).filter_by(action="price_list.prices_set").one()
    assert event.diff == {rye.sku: [[], ["1+ 3.25", "6+ 3.10 to 2026-12-31", "6+ 3.05 from 2027-01-01"]]}


def test_an_emptied_price_takes_its_row_away(desk, rye):
    save(desk, page_of(rye), ("1", "3.25"), ("6", "3.10"), ("", ""), ("", ""))
    save(desk, page_of(rye), ("1", "3.30"), ("6", ""), ("", ""), ("", ""))
    assert prices_of(rye) == [(1, "3.3", None, None)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [("1", "3.25"), ("1", "3.10"), ("", ""), ("", "")],
            "Another price from 1 on holds on some of these days.",
        ),
        ([("6", "3", "", "2026-12-31"), ("6", "2", "2026-12-31")], "Another price from 6 on"),
        ([("1", "3", "2026-12-02", "2026-12-01")], "It ends before it begins."),
        ([("0", "3")], "Type from how many on it holds: 1 or more."),
        ([("six", "3")], "Type a whole number, like 12."),
        ([("1", "3,25")], "can be read in two ways"),
        ([("1", "-3")], "Type an amount that is not below zero."),
        ([("1", "0.00001")], "has more than 4 places"),
        ([("1", "999999999")], "That is more than we can write down."),
        ([("6", "")], "Type a price for this row, or empty it."),
    ],
)
def test_what_is_wrong_with_a_price_is_said_beside_its_row(desk, rye, rows, said):
    answer = save(desk, page_of(rye), *rows)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "-error" in answer.text
    assert prices_of(rye) == []


def test_a_price_that_is_over_stays_and_nothing_may_be_laid_over_it(desk, rye):
    factories.price(rye, "2.90", valid_to=TODAY - timedelta(days=9))
    refused = save(desk, page_of(rye), ("1", "3.25"))
    assert "Another price from 1 on" in words(refused)
    assert save(desk, page_of(rye), ("1", "3.25", TODAY.isoformat())).status_code == 303
    assert len(prices_of(rye)) == 2
    assert "£2.90" in words(desk.get(page_of(rye)))


def test_two_people_at_the_same_prices_lose_nothing(desk, rye):
    opened = desk.get(page_of(rye)).text
    save(desk, page_of(rye), ("1", "3.25"), page=opened)
    stale = save(desk, page_of(rye), ("1", "4.00"), page=opened)
    assert stale.status_code == 409
    assert "From 1 on £3.25" in words(stale)
    assert 'value="4.00"' in stale.text
    assert prices_of(rye) == [(1, "3.25", None, None)]
    assert save(desk, page_of(rye), ("1", "4.00"), page=stale.text).status_code == 303
    assert prices_of(rye) == [(1, "4", None, None)]


def test_a_form_sent_twice_saves_once_and_answers_alike(desk, rye):
    version = hidden("version", desk.get(page_of(rye)).text)
    sent = {"version": version, "rows": "1", "min_qty_0": "1", "unit_price_0": "3.25", "once": "the same"}
    answers = [desk.submit(page_of(rye), **sent) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, page_of(rye))] * 2


@pytest.mark.parametrize("rows", ["-1", "x", "999", "9" * 40, "", "0"])
def test_a_made_up_number_of_rows_changes_nothing(desk, rye, rows):
    factories.price(rye, "3.25")
    version = hidden("version", desk.get(page_of(rye)).text)
    answer = desk.submit(page_of(rye), version=version, rows=rows)
    assert (answer.status_code, "Some rows did not arrive" in answer.text) == (422, True)
    assert prices_of(rye) == [(1, "3.25", None, None)]


def test_a_product_with_very_many_breaks_keeps_them_all(desk, rye):
    for min_qty in range(1, 61):
        factories.price(rye, "3.25", min_qty=min_qty)
    fields = dict(
        re.findall(
            r'<input[^>]*name="([a-z_]+_\d+|version|rows)"[^>]*value="([^"]*)"', desk.get(page_of(rye)).text
        )
    )
    assert fields["rows"] == "62"
    assert desk.submit(page_of(rye), **(fields | {"unit_price_59": "3.00"})).status_code == 303
    assert [row[1] for row in prices_of(rye)] == ["3.25"] * 59 + ["3"]


def test_the_grid_shows_breaks_is_searched_and_walked_at_a_steady_price(desk, rye):
    base = factories.base_list().id
    factories.price(rye, "3.25")
    factories.price(rye, "3.10", min_qty=6)
    for number in range(60):
        factories.price(factories.product(f"Thing {number:02}"), "1.00")
    factories.product("Never priced")
    path = f"/admin/price-lists/{base}"
    page = words(desk.get(path))
    assert '<span class="muted">6+</span> <strong>£3.10</strong>' in page
    assert "Never priced" not in page
    assert 'rel="next"' in page
    assert "Never priced" in words(desk.get(f"{path}?show=all"))
    assert "Dark rye" in words(desk.get(f"{path}?q=rye"))
    with noted() as asked:
        desk.get(path)
    assert len(asked) <= 4, asked


def test_why_a_price_is_what_it_is_names_every_list(desk, rye, copper_kettle):
    factories.price(rye, "3.25")
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id)
    factories.price(rye, "2.95", on=contract, min_qty=10)
    ask = f"/admin/price-lists/why?sku={rye.sku.lower()}&customer={copper_kettle.code}&on={TODAY}&quantity="
    few, many = words(desk.get(f"{ask}9")), words(desk.get(f"{ask}10"))
    assert "9 × Dark rye: £3.25 each" in few
    assert "Its prices for this product begin at 10." in few
    assert "has no list of their own" in few
    assert "10 × Dark rye: £2.95 each" in many
    assert "It is not asked any more: a list before it has decided." in many


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sku=NOPE", "We know no product with the SKU NOPE."),
        ("sku=DARK-RYE&customer=Nobody", "We know no one customer called Nobody."),
        ("sku=DARK-RYE&quantity=many", "Type a whole number"),
        ("sku=DARK-RYE&on=someday", "Choose a day"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_beside_its_field(desk, rye, asked, said):
    answer = desk.get(f"/admin/price-lists/why?{asked}")
    assert answer.status_code == 422
    assert said in words(answer)


def test_who_may_not_read_customers_reads_nothing_of_them_here(as_user, wanda, rye, copper_kettle):
    factories.price(rye, "3.25")
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id)
    factories.price(rye, "2.95", on=contract)
    warehouse = as_user(wanda)
    page = warehouse.get(f"/admin/price-lists/why?sku={rye.sku}&customer={copper_kettle.code}")
    assert (page.status_code, "£3.25 each" in words(page)) == (200, True)
    for secret in (copper_kettle.name, copper_kettle.code, "Agreed", "£2.95", 'name="customer"'):
        assert secret not in page.text


def test_a_contract_needs_a_customer_that_is_there(owner, context, copper_kettle):
    db.session.get_one(Customer, copper_kettle.id).deleted_at = clock.now()
    db.session.commit()
    facts = {"code": "agreed", "name": "Agreed", "valid_from": None, "valid_to": None, "is_active": True}
    with pytest.raises(NotFound):
        service.create(**facts, customer_id=copper_kettle.id, by=SYSTEM)


def test_a_bare_base_list_leads_to_products_and_a_bare_list_to_the_base(desk):
    base, cafes = factories.base_list(), factories.price_list("Cafes")
    assert "What is not on it is on request." in words(desk.get(f"/admin/price-lists/{base.id}"))
    assert "costs what the base list says" in words(desk.get(f"/admin/price-lists/{cafes.id}"))
    assert 'href="/admin/products/new"' in desk.get(f"/admin/price-lists/{base.id}?show=all").text


def test_whoever_may_not_change_prices_may_still_ask_why(as_user, tom, rye, app):
    flask.g.pop("_login_user", None)
    assert as_user(tom).get(f"/admin/price-lists/why?sku={rye.sku}").status_code == 200
    assert as_user(tom).get("/admin/price-lists").status_code == 403
