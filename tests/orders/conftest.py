"""What is on sale when somebody fills a basket."""

import pytest

from app.accounts.models import Customer
from app.catalogue.models import Product
from tests import factories
from tests.accounts.program import Program, signed_in
from tests.orders.ordering import able_to_order


@pytest.fixture
def espresso(context) -> Product:
    found = factories.product("House espresso")
    factories.price(found, "18.40")
    factories.price(found, "17.50", min_qty=6)
    return found


@pytest.fixture
def buns(context) -> Product:
    """In sixes, twelve at least, sixty at most."""
    found = factories.product("Burger buns", pack_size=6, min_qty=10, max_qty=64)
    factories.price(found, "0.60")
    return found


@pytest.fixture
def cafe(copper_kettle, context) -> Customer:
    """Copper Kettle, with a door and a month to pay."""
    return able_to_order(copper_kettle)


@pytest.fixture
def mayas(cafe, maya, context) -> Program:
    """Maya's program: she buys for the café."""
    return signed_in(context, maya)


@pytest.fixture
def toms(context, tom) -> Program:
    """The program of our order desk."""
    return signed_in(context, tom)
