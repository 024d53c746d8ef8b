"""A loaf to count, and the people around it."""

import pytest

from app.catalogue.models import Product
from tests import factories
from tests.accounts.program import Program, signed_in


@pytest.fixture
def sourdough(app) -> Product:
    with app.app_context():
        return factories.product("Sourdough, 800 g", sku="BRD-SDG-800", shelf="A-11", unit_label="loaf")


@pytest.fixture
def rye(app) -> Product:
    with app.app_context():
        return factories.product("Dark rye", sku="BRD-RYE-900", shelf="A-12")


@pytest.fixture
def warehouse(as_user, wanda, context):
    """Wanda's browser."""
    return as_user(wanda)


@pytest.fixture
def wandas(app, wanda) -> Program:
    return signed_in(app, wanda)


@pytest.fixture
def mayas(app, maya) -> Program:
    return signed_in(app, maya)
