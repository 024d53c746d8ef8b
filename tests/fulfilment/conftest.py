"""A café that orders, goods on shelves, and a picker."""

import pytest
from flask import Flask

from app.accounts.models import Customer, User
from app.catalogue.models import Product
from tests.orders.ordering import able_to_order, goods
from tests.stock.shelving import filled
from tests.visitor import Visitor


@pytest.fixture
def cafe(copper_kettle: Customer, context: Flask) -> Customer:
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context: Flask) -> Product:
    return filled(goods("Sourdough", "3.25", shelf="A-11", unit_label="loaf"), 20)


@pytest.fixture
def buns(context: Flask) -> Product:
    return filled(goods("Burger buns", "0.60", shelf="A-2"), 100)


@pytest.fixture
def picker(as_user, wanda: User, context: Flask) -> Visitor:
    return as_user(wanda)
