"""GET prices: what one costs, for whom, and why."""

import flask
import pytest

from app.catalogue.models import ProductStatus
from tests import factories
from tests.accounts.program import signed_in


@pytest.fixture
def rye(context, copper_kettle):
    found = factories.product("Dark rye")
    factories.price(found, "3.25")
    factories.price(found, "0.0125", min_qty=1000)
    contract = factories.price_list("Agreed", customer_id=copper_kettle.id)
    factories.price(found, "2.95", on=contract, min_qty=10)
    return found


@pytest.fixture
def ask(app, rye):
    def asked(person, query: str):
        flask.g.pop("_login_user", None)
        return signed_in(app, person).get(f"/prices?{query}")

    return asked


def test_a_buyer_hears_their_own_price_and_where_it_comes_from(ask, maya):
    data = ask(maya, "sku=dark-rye&quantity=12").json["data"]
    assert data == {
        "sku": "DARK-RYE",
        "quantity": 12,
        "unit_price": "2.95",
        "list_price": "3.25",
        "source": {
            "kind": "contract",
            "list": "agreed",
            "name": "Agreed",
            "min_qty": 10,
            "valid_from": None,
            "valid_to": None,
        },
    }


def test_staff_hear_the_base_price_or_that_of_a_customer(ask, tom, copper_kettle):
    assert ask(tom, "sku=DARK-RYE&quantity=12").json["data"]["unit_price"] == "3.25"
    theirs = ask(tom, f"sku=DARK-RYE&quantity=12&customer={copper_kettle.code.lower()}")
    assert theirs.json["data"]["unit_price"] == "2.95"


def test_a_price_has_as_many_places_as_it_needs(ask, tom):
    assert ask(tom, "sku=DARK-RYE&quantity=1000").json["data"]["unit_price"] == "0.0125"


def test_without_a_price_all_of_it_is_null(ask, tom):
    factories.product("Truffle")
    data = ask(tom, "sku=TRUFFLE").json["data"]
    assert (data["unit_price"], data["list_price"], data["source"]) == (None, None, None)


def test_the_prices_of_others_and_what_is_not_on_sale_do_not_exist(ask, ben, copper_kettle):
    factories.product("Secret", status=ProductStatus.DRAFT)
    for query in (f"sku=DARK-RYE&customer={copper_kettle.code}", "sku=SECRET", "sku=NOPE"):
        assert ask(ben, query).status_code == 404


@pytest.mark.parametrize(
    "query", ["", "sku=", "sku=DARK-RYE&quantity=0", "sku=DARK-RYE&quantity=x", "sku=DARK-RYE&on=2026-01-01"]
)
def test_what_is_wrong_is_named(ask, tom, query):
    answer = ask(tom, query)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] in {"sku", "quantity", "on"}
