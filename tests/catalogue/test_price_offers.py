"""Whose prices hold on which day, asked of real rows in one question; and the same answer put into words."""

import random
from datetime import date, timedelta

import pytest

from app.accounts.models import Customer
from app.catalogue.models import PriceList
from app.catalogue.pricing import price
from app.catalogue.queries import prices as queries
from app.catalogue.queries.offers import offers
from app.catalogue.why import steps
from app.core import clock
from app.core.database import db
from tests import factories
from tests.statements import noted

TODAY = date(2026, 11, 21)
A_DAY = timedelta(days=1)


@pytest.fixture
def bread(context):
    found = factories.product("Dark rye")
    factories.price(found, "3.25")
    return found


def give_list(customer: Customer, price_list: PriceList) -> None:
    db.session.get_one(Customer, customer.id).price_list_id = price_list.id
    db.session.commit()


def costs(product, customer=None, *, quantity: int = 1, on: date = TODAY) -> str | None:
    found = offers([product.id], customer_id=customer and customer.id, on=on)
    answer = price(found[product.id], quantity)
    return str(answer.unit_price.normalize()) if answer else None


def test_contract_before_list_before_base(bread, copper_kettle):
    assert costs(bread, copper_kettle) == "3.25"
    cafes = factories.price_list("Cafes")
    factories.price(bread, "3.10", on=cafes)
    give_list(copper_kettle, cafes)
    assert costs(bread, copper_kettle) == "3.1"
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id)
    factories.price(bread, "2.95", on=contract)
    assert costs(bread, copper_kettle) == "2.95"


def test_a_list_that_says_nothing_about_the_quantity_leaves_it_to_the_next(bread, copper_kettle):
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id)
    factories.price(bread, "2.50", on=contract, min_qty=20)
    assert costs(bread, copper_kettle, quantity=19) == "3.25"
    assert costs(bread, copper_kettle, quantity=20) == "2.5"


def test_nobody_pays_by_the_contract_of_another(bread, copper_kettle, northgate):
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id)
    factories.price(bread, "2.95", on=contract)
    assert costs(bread, northgate) == costs(bread) == "3.25"


@pytest.mark.parametrize(
    "ended",
    [
        {"is_active": False},
        {"deleted_at": clock.now()},
        {"valid_to": TODAY - A_DAY},
        {"valid_from": TODAY + A_DAY},
    ],
)
def test_a_list_that_does_not_hold_is_not_asked(bread, copper_kettle, ended):
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id, **ended)
    factories.price(bread, "2.95", on=contract)
    assert costs(bread, copper_kettle) == "3.25"


def test_first_and_last_day_count(context):
    bun = factories.product("Bun")
    factories.price(bun, "1.00", valid_from=TODAY, valid_to=TODAY + A_DAY)
    days = [TODAY - A_DAY, TODAY, TODAY + A_DAY, TODAY + 2 * A_DAY]
    assert [costs(bun, on=on) for on in days] == [None, "1", "1", None]


def test_many_products_cost_one_question(context, copper_kettle):
    goods = [factories.product(f"Thing {number}") for number in range(40)]
    for one in goods:
        factories.price(one, "2.00")
    with noted() as asked:
        found = offers([one.id for one in goods], customer_id=copper_kettle.id, on=TODAY)
    assert (len(asked), len(found)) == (1, 40)


@pytest.mark.parametrize("seed", range(5))
def test_why_a_price_is_what_it_is_never_disagrees_with_the_price(context, copper_kettle, seed):
    """Whatever stands on whichever list: the list that decides in words is the one that is charged."""
    chance = random.Random(seed)
    bun, days = factories.product("Bun"), [None, TODAY, TODAY + A_DAY]
    own = factories.price_list("Cafes", is_active=chance.random() < 0.8)
    give_list(copper_kettle, own)
    theirs = {"customer_id": copper_kettle.id}
    contracts = [
        factories.price_list(f"Contract {n}", valid_from=chance.choice(days), **theirs) for n in range(2)
    ]
    for on in (factories.base_list(), own, *contracts):
        for min_qty in (1, 6, 24):
            if chance.random() < 0.5:
                facts = {"min_qty": min_qty, "valid_from": chance.choice(days)}
                factories.price(bun, f"{chance.randint(1, 999) / 100}", on=on, **facts)
    customer = db.session.get_one(Customer, copper_kettle.id)
    lists = queries.lists_that_may_decide(customer)
    stored = queries.prices_by_list(bun.id, lists)
    for on in (TODAY - A_DAY, TODAY, TODAY + A_DAY):
        for quantity in (1, 5, 6, 30):
            answer = price(offers([bun.id], customer_id=customer.id, on=on)[bun.id], quantity)
            told = [step for step in steps(lists, stored, answer, quantity=quantity, on=on) if step.price]
            assert [step.decides for step in told] == [place == 0 for place in range(len(told))]
            charged = costs(bun, copper_kettle, quantity=quantity, on=on)
            assert [str(step.price.unit_price.normalize()) for step in told][:1] == [charged][: bool(charged)]
