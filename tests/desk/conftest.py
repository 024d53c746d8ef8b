"""A café that may order, something to order, and the desk that looks at what was."""

import pytest

from app.accounts.models import Customer
from app.catalogue.models import Product
from app.orders.models import Order
from tests.orders.ordering import able_to_order, goods, placed
from tests.stock.shelving import filled
from tests.visitor import Visitor


@pytest.fixture
def cafe(copper_kettle, context) -> Customer:
    return able_to_order(copper_kettle)


@pytest.fixture
def deli(northgate, context) -> Customer:
    return able_to_order(northgate)


@pytest.fixture
def loaf(context) -> Product:
    return filled(goods("Sourdough", "3.25"), 20)


@pytest.fixture
def order(cafe, loaf) -> Order:
    """Four loaves: £13.00, and VAT."""
    return placed({loaf: 4}, cafe)


@pytest.fixture
def clerk(as_user, tom, context) -> Visitor:
    """The order clerk's browser."""
    found: Visitor = as_user(tom)
    return found
