"""What Maya finds in the catalogue."""

import pytest
from flask import Flask

from app.accounts.models import User
from app.catalogue.models import Product
from app.core.database import db
from app.stock.models import StockItem
from tests import factories
from tests.visitor import Visitor


@pytest.fixture
def mayas(as_user, maya: User, context: Flask) -> Visitor:
    """Maya's browser."""
    found: Visitor = as_user(maya)
    return found


def stocked(product: Product, on_hand: int, **facts: object) -> Product:
    db.session.add(StockItem(product_id=product.id, on_hand=on_hand, **facts))
    db.session.commit()
    return product


@pytest.fixture
def espresso(context: Flask) -> Product:
    found = factories.product(
        "House espresso", category_id=factories.category("Coffee").id, unit_label="bag of beans"
    )
    factories.price(found, "18.40")
    factories.price(found, "17.50", min_qty=6)
    return stocked(found, 80)


@pytest.fixture
def rye(context: Flask) -> Product:
    taxed = factories.tax_class("zero", rate="0")
    found = factories.product("Dark rye", tax_class_id=taxed.id)
    factories.price(found, "3.25")
    return stocked(found, 3, low_at=5)
