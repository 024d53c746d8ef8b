"""What is on sale when somebody fills a basket."""

import pytest

from app.catalogue.models import Product
from tests import factories


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
