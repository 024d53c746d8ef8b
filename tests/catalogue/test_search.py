"""Finding products: what was meant comes, the likest first, and what nobody may see does not."""

import pytest
from sqlalchemy import func, select, text

from app.catalogue.models import Product, ProductStatus, ProductWord
from app.catalogue.queries.products import products_seen_by
from app.catalogue.queries.search import likest_first, matching, meaning_of
from app.core import clock
from app.core.access import Viewer
from app.core.database import db
from app.core.paging import page_of
from tests import factories

BUYER, STAFF = Viewer(principal="maya", customer_id=1), Viewer(principal="hana", is_staff=True)


@pytest.fixture(autouse=True)
def shelf(context):
    """A few products that are easy to mix up."""
    for name, facts in {
        "House espresso, 1 kg": {"sku": "COF-HSE-1K", "barcode": "5012345678900", "family_code": "COF-HSE"},
        "House espresso, 250 g": {"sku": "COF-HSE-250", "family_code": "COF-HSE"},
        "Dark filter coffee": {"sku": "COF-DRK-1K", "description": "Strong, for espresso machines as well."},
        "Sourdough": {"sku": "0090.750"},
        "Plain bagel": {"sku": "BAG-PLN"},
        "Carrier bag": {"sku": "PKG-BAG"},
        "Guatemala beans": {"sku": "COF-GUA"},
        "Café cups": {"sku": "CUP-1"},
        "Paper cup, 8 oz": {"sku": "CUP-08"},
        "Paper cup, 12oz": {"sku": "CUP-12"},
    }.items():
        factories.product(name, **facts)


def found(text: str, viewer: Viewer = BUYER) -> list[str]:
    meaning, products = meaning_of(text), products_seen_by(viewer).with_only_columns(Product.id, Product.name)
    rows, order, count = likest_first(products, meaning.is_anywhere, meaning.is_sure)
    page = page_of(rows, order, given=meaning.given, count=count)
    assert page.count == len(page.rows)
    return [row.name for row in page.rows]


@pytest.mark.parametrize("typed", ["expresso", "espreso", "ESPRESSO", "espr", "presso", "esspresso"])
def test_typing_errors_and_halves_of_words_are_forgiven(typed):
    assert set(found(typed)[:2]) == {"House espresso, 1 kg", "House espresso, 250 g"}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("gutamala", "Guatemala beans"),
        ("sourdogh", "Sourdough"),
        ("bagle", "Plain bagel"),
        ("cafe", "Café cups"),
        ("hous expreso 250", "House espresso, 250 g"),
        ("filter machines", "Dark filter coffee"),
    ],
)
def test_what_was_meant_comes_first(typed, first):
    assert first in found(typed)[:2]


@pytest.mark.parametrize("typed", ["cof-hse-250", "COF-HSE-250", " cof-hse-250 "])
def test_the_very_sku_comes_first_in_any_case(typed):
    assert found(typed)[0] == "House espresso, 250 g"


def test_the_barcode_finds_exactly_its_product():
    assert found("5012345678900") == ["House espresso, 1 kg"]
    assert found("50123456") == ["House espresso, 1 kg"]


def test_a_sku_is_never_taken_for_a_number():
    assert found("0090.750")[0] == "Sourdough"
    assert found("90.75") == ["Sourdough"]  # its letters stand in it
    assert found("90.8") == []


def test_a_family_is_found_by_its_code():
    assert set(found("COF-HSE")) == {"House espresso, 1 kg", "House espresso, 250 g"}


def test_names_come_before_descriptions():
    assert found("espresso")[-1] == "Dark filter coffee"


def test_a_word_of_ours_is_not_corrected_to_another():
    assert "Plain bagel" not in found("bag", STAFF)[:1]


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "%", "_", "'", "a' | !b & (:*", "\\", "\0", "x" * 500, "🥐", "& | !", ":*"]
)
def test_nothing_that_is_typed_breaks_it(typed):
    assert isinstance(found(typed), list)


@pytest.mark.parametrize("typed", ["8oz cup", "cups 8oz", "8 oz cups", "paper cup 8oz"])
def test_a_measure_is_found_however_it_is_written(typed):
    assert found(typed) == ["Paper cup, 8 oz"]


def test_a_measure_that_is_written_as_one_is_found_as_two():
    assert found("12 oz") == found("12oz") == ["Paper cup, 12oz"]


@pytest.fixture
def drinks():
    """What is found by where it stands."""
    coffee = factories.category("Coffee")
    filters = factories.category("Filter", parent_id=coffee.id)
    factories.product("Decaf", category_id=coffee.id, unit_label="bag of beans")
    factories.product("Guji", category_id=filters.id, unit_label="box of 8 bags")
    factories.product("Green tea", category_id=factories.category("Tea").id)


@pytest.mark.parametrize("typed", ["coffee", "COFFEES", "cofee", "coffe"])
def test_a_category_finds_what_is_in_it_and_what_grows_from_it_after_what_is_called_so(drinks, typed):
    assert found(typed) == ["Dark filter coffee", "Decaf", "Guji"]


def test_what_is_called_so_is_found_among_more_than_are_counted(drinks):
    rows = matching(products_seen_by(BUYER).with_only_columns(Product.name), "coffee", at_most=1)
    assert db.session.execute(rows).scalars().all() == ["Dark filter coffee"]


def test_name_unit_and_category_are_found_together(drinks):
    assert found("coffe beans decaf") == ["Decaf"]
    assert found("coffee tea") == []


def test_a_category_that_was_renamed_or_deleted_is_found_by_what_it_is_called_now(drinks):
    factories.category("Tea").name = "Infusions"
    db.session.commit()
    assert (found("infusions"), found("tea")) == (["Green tea"], ["Green tea"])
    factories.category("Tea").deleted_at = clock.now()
    db.session.commit()
    assert found("infusions") == []


def test_the_likeliest_spelling_comes_first_and_the_others_after_it():
    factories.product("Bagels, sesame, frozen, sliced", sku="BRD-SES-48")
    assert set(found("bagle")[:2]) == {"Plain bagel", "Bagels, sesame, frozen, sliced"}
    assert "Carrier bag" in found("bagle")


def test_percent_and_underscore_are_letters_like_others():
    factories.product("100% rye", sku="RYE_100")
    assert found("100%") == ["100% rye"]
    assert found("rye_1") == ["100% rye"]


def test_buyers_find_only_what_is_on_sale():
    factories.product("Secret blend", status=ProductStatus.DRAFT)
    assert found("secret") == []
    assert found("secret", STAFF) == ["Secret blend"]


def test_what_the_query_leaves_out_does_not_count_as_found():
    for number in range(5):
        factories.product(f"Espresso cup {number}", category_id=factories.category("Cups").id)
    cups = products_seen_by(BUYER).where(Product.category_id == factories.category("Cups").id)
    some = matching(cups.with_only_columns(Product.id), "espresso", at_most=5)
    assert len(db.session.execute(some).all()) == 5


def test_words_of_names_are_kept_as_they_come_and_change():
    product = factories.product("Zarzamora 500")
    product.name = "Quillotana"
    db.session.commit()
    known = set(db.session.scalars(select(ProductWord.word)))
    assert {"zarzamora", "quillotana"} <= known
    assert "500" not in known
    assert db.session.scalar(select(func.count()).where(ProductWord.word == "quillotana")) == 1


def test_a_search_goes_by_its_indexes():
    """With few products PostgreSQL would read them all; told not to, it must find a way by both indexes."""
    db.session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"))
    rows = matching(select(Product.id), "expresso")
    asked = rows.compile(dialect=db.engine.dialect)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {asked}", asked.params)
    steps = "\n".join(line for (line,) in plan)
    assert ("ix_product_words" in steps, "ix_product_letters" in steps) == (True, True)
