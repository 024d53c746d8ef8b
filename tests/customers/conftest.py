"""Whoever looks after customers, and what they find."""

import pytest

from app.accounts.models import Customer
from app.accounts.service import applications
from app.accounts.service.applications import Application
from app.catalogue.models import PriceList
from app.core.access import SYSTEM
from app.core.database import db
from app.customers.service import addresses
from tests import factories
from tests.customers.typing_in import DOOR


@pytest.fixture
def nora(app):
    """Our manager: changes customers, and manages no people."""
    with app.app_context():
        return factories.user("Nora Finch", role="manager")


@pytest.fixture
def desk(as_user, nora, context):
    """Her browser."""
    return as_user(nora)


@pytest.fixture
def cafes(context):
    """A price list for some."""
    return factories.saved(PriceList(code="cafes", name="Cafés", kind="list"))


@pytest.fixture
def mill(context):
    """A business that applied, as it stands in the database."""
    applications.apply(
        Application(
            company="Mill Bakery",
            name="Ida Hall",
            email="ida@mill.example",
            password="perforated linden harbour",
            tax_id="GB 1",
        ),
        passwords=context.extensions["passwords"],
    )
    found = db.session.query(Customer).filter_by(code="MILL-BAKERY").one()
    db.session.rollback()
    return found


@pytest.fixture
def shop(context, copper_kettle):
    """Copper Kettle's first door."""
    return addresses.add(copper_kettle.id, **DOOR, by=SYSTEM)
