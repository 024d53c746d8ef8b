"""A café and a deli that may order, and loaves."""

import pytest

from app.accounts.models import Customer
from app.catalogue.models import Product
from tests.orders.ordering import able_to_order, goods
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle, context) -> Customer:
    return able_to_order(copper_kettle)


@pytest.fixture
def deli(northgate, context) -> Customer:
    return able_to_order(northgate)


@pytest.fixture
def loaf(context) -> Product:
    """£3.90 with VAT."""
    return filled(goods("Sourdough", "3.25"), 100)
