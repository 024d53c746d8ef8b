"""Trade applications: anybody may ask, an administrator opens the door, once."""

import pytest
from sqlalchemy import select

from app.accounts.models import Customer, CustomerStatus
from app.accounts.service import applications
from app.accounts.service.applications import Application
from app.core import clock
from app.core.database import db
from app.core.errors import Refused
from app.customers.queries import applications as queries
from tests import factories
from tests.accounts.acting import acting, actions, promises

PASSWORD = "perforated linden harbour"


def applied(app, **given) -> None:
    facts = {"company": "Mill Bakery", "name": "Ida Hall", "email": "ida@mill.example", "password": PASSWORD}
    applications.apply(Application(**(facts | given)), passwords=app.extensions["passwords"])


def waiting() -> list[tuple[str, str]]:
    return [(customer.name, buyer.name) for customer, buyer in queries.applications()]


def test_an_application_waits_with_its_first_buyer(context):
    applied(context)
    assert waiting() == [("Mill Bakery", "Ida Hall")]
    assert {topic for topic, _ in promises()} == {
        "accounts.mail_applied",
        "accounts.mail_application_to_desk",
    }


def test_an_address_that_has_an_account_learns_so_by_mail_only(context, maya):
    applied(context, email=maya.email)
    assert waiting() == []
    assert promises() == [("accounts.mail_already_registered", {"email": maya.email})]


def test_two_companies_of_one_name_get_two_codes(context):
    applied(context)
    applied(context, email="otto@mill.example")
    codes = db.session.scalars(select(Customer.code).order_by(Customer.id)).all()
    assert codes == ["MILL-BAKERY", "MILL-BAKERY-2"]


def test_approving_opens_the_account_and_says_so_once(context, owner):
    applied(context)
    customer = db.session.scalars(select(Customer)).one()
    applications.approve(customer.id, by=acting(owner), at=clock.now())
    with pytest.raises(Refused, match="not waiting"):
        applications.approve(customer.id, by=acting(owner), at=clock.now())
    assert db.session.get(Customer, customer.id).status == CustomerStatus.ACTIVE
    assert [topic for topic, _ in promises()].count("accounts.mail_welcome") == 1
    assert actions() == ["customer.applied", "customer.approved"]


def test_the_approved_buyer_can_sign_in(visitor, context, owner):
    applied(context)
    customer = db.session.scalars(select(Customer)).one()
    assert visitor.sign_in("ida@mill.example", PASSWORD).status_code == 403
    applications.approve(customer.id, by=acting(owner), at=clock.now())
    assert visitor.sign_in("ida@mill.example", PASSWORD).status_code == 303


def test_a_closed_customer_is_not_an_application(context):
    factories.customer("Old Shop", status=CustomerStatus.CLOSED)
    assert waiting() == []
