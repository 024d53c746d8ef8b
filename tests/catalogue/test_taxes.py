"""Tax classes and dated rates: what held once is never changed, only followed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.catalogue.models import TaxClass, TaxRate
from app.core import clock
from app.core.database import db
from tests import factories

TODAY = clock.now().date()
SOON = TODAY + timedelta(days=40)


@pytest.fixture
def standard(desk) -> TaxClass:
    answer = desk.submit("/admin/tax", name="Standard", rate="20", valid_from="2011-01-04")
    assert answer.status_code == 303
    return db.session.scalars(select(TaxClass)).one()


def plan(desk, tax_class, rate, day):
    return desk.submit(f"/admin/tax/{tax_class.id}/rates", rate=rate, valid_from=str(day))


def rates() -> list[tuple[date, Decimal]]:
    return [
        tuple(row)
        for row in db.session.execute(select(TaxRate.valid_from, TaxRate.rate).order_by(TaxRate.id))
    ]


def test_a_class_begins_with_its_rate(desk, standard):
    assert (standard.code, rates()) == ("standard", [(date(2011, 1, 4), Decimal("0.2"))])
    assert "20%" in desk.get("/admin/tax").text


def test_a_rate_is_followed_by_another(desk, standard):
    assert plan(desk, standard, "17.5", SOON).status_code == 303
    assert rates()[1] == (SOON, Decimal("0.175"))
    page = desk.get("/admin/tax").text
    assert ("20%" in page, "17.5% from" in page) == (True, True)


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), date(2011, 1, 4), date(1999, 1, 1)])
def test_what_is_in_force_cannot_be_changed(desk, standard, day):
    answer = plan(desk, standard, "5", day)
    assert (answer.status_code, "cannot be changed, only followed" in answer.text) == (422, True)
    assert len(rates()) == 1


def test_two_rates_cannot_begin_on_one_day(desk, standard):
    plan(desk, standard, "17.5", SOON)
    answer = plan(desk, standard, "18", SOON)
    assert (answer.status_code, "Another rate begins on this day." in answer.text) == (422, True)


def test_a_planned_rate_can_be_removed_and_one_that_holds_cannot(desk, standard):
    plan(desk, standard, "17.5", SOON)
    held, planned = db.session.scalars(select(TaxRate.id).order_by(TaxRate.id))
    assert desk.submit(f"/admin/tax/{standard.id}/rates/{planned}/remove").status_code == 303
    answer = desk.submit(f"/admin/tax/{standard.id}/rates/{held}/remove")
    assert (answer.status_code, "This rate has begun, so it stays." in answer.text) == (422, True)
    assert len(rates()) == 1


def test_a_class_in_use_cannot_go_and_says_why(desk, standard):
    product = factories.product("Sourdough", tax_class_id=standard.id)
    product.deleted_at = clock.now()
    factories.delivery_method("Our van", tax_class_id=standard.id)
    db.session.commit()
    answer = desk.submit(f"/admin/tax/{standard.id}/remove", version=standard.version)
    assert answer.status_code == 422
    assert "is the tax class of 1 product and 1 delivery method" in answer.text


def test_a_class_that_nobody_uses_goes_with_its_rates(desk, standard):
    assert desk.submit(f"/admin/tax/{standard.id}/remove", version=standard.version).status_code == 303
    assert rates() == []


def test_a_rename_keeps_the_code_and_a_stale_one_is_told(desk, standard):
    seen = standard.version
    assert desk.submit(f"/admin/tax/{standard.id}/edit", name="Full", version=seen).status_code == 303
    answer = desk.submit(f"/admin/tax/{standard.id}/edit", name="Whole", version=seen)
    assert (answer.status_code, "It is now “Full”." in answer.text) == (409, True)
    assert db.session.scalars(select(TaxClass.code)).one() == "standard"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Type a name, like Standard."),
        ({"rate": ""}, "Type a rate, like 20 or 17.5."),
        ({"rate": "100"}, "Type less than 100."),
        ({"rate": "-5"}, "Type an amount that is not below zero."),
        ({"rate": "twenty"}, "is not an amount"),
        ({"valid_from": ""}, "Choose the day from which it holds."),
        ({"valid_from": "soon"}, "Choose a day, like 2026-12-31."),
    ],
)
def test_bad_input_is_answered_beside_the_field(desk, typed, sentence):
    answer = desk.submit(
        "/admin/tax", **({"name": "Standard", "rate": "20", "valid_from": "2011-01-04"} | typed)
    )
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_two_classes_cannot_share_a_name_in_any_case(desk, standard):
    zero = factories.tax_class("zero")
    answer = desk.submit(f"/admin/tax/{zero.id}/edit", name="STANDARD", version=zero.version)
    assert (answer.status_code, "There is a tax class like STANDARD already." in answer.text) == (422, True)
    db.session.expire_all()
    assert zero.name == "Zero"


def test_two_classes_cannot_share_a_code(desk, standard):
    answer = desk.submit("/admin/tax", name="STANDARD", rate="5", valid_from="2011-01-04")
    assert (answer.status_code, "There is a tax class like STANDARD already." in answer.text) == (422, True)
