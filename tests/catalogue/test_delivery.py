"""Delivery methods and closed days on their page."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.catalogue.models import ClosedDay, DeliveryMethod
from app.catalogue.service import delivery as service
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from tests import factories

TODAY = clock.now().date()


def typed(**more) -> dict:
    usual = {
        "name": "Our van",
        "price_net": "4.50",
        "free_over_net": "75",
        "tax_class_id": factories.tax_class("standard").id,
        "weekdays": ["1", "3"],
        "lead_days": "1",
        "cutoff_time": "16:00",
    }
    return usual | more


def methods() -> list[DeliveryMethod]:
    db.session.expire_all()
    return list(db.session.scalars(select(DeliveryMethod).order_by(DeliveryMethod.id)))


def test_a_method_is_added_and_its_next_days_are_shown(desk):
    assert desk.submit("/admin/delivery/new", **typed()).status_code == 303
    [van] = methods()
    assert (van.price_net, van.free_over_net, van.cutoff_time) == (Decimal("4.50"), Decimal(75), time(16))
    assert (van.weekdays, van.lead_days) == ([1, 3], 1)
    page = desk.get("/admin/delivery").text
    assert "Mon, Wed" in page
    assert "free from £75.00" in page


def test_a_method_is_changed_and_a_stale_form_is_told(desk):
    van = factories.delivery_method("Our van")
    seen = van.version
    assert desk.submit(f"/admin/delivery/{van.id}", **typed(name="Van", version=seen)).status_code == 303
    answer = desk.submit(f"/admin/delivery/{van.id}", **typed(name="Lorry", version=seen))
    assert (answer.status_code, "It is now “Van”." in answer.text) == (409, True)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Type a name, like Our van."),
        ({"price_net": ""}, "Type a price. 0 is free."),
        ({"price_net": "4,5"}, "can be read in two ways"),
        ({"tax_class_id": ""}, "Choose how it is taxed."),
        ({"tax_class_id": "987654321"}, "Choose one of those in the list."),
        ({"weekdays": []}, "Tick the days on which it goes."),
        ({"weekdays": ["9"]}, "Tick the days on which it goes."),
        ({"lead_days": "61"}, "Type 60 or fewer."),
        ({"lead_days": "one"}, "Type a whole number, like 12."),
        ({"cutoff_time": "tea time"}, "Type a time, like 14:00."),
        ({"cutoff_time": ""}, "Type a time, like 14:00."),
    ],
)
def test_bad_input_is_answered_beside_the_field(desk, wrong, sentence):
    answer = desk.submit("/admin/delivery/new", **typed(**wrong))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert methods() == []


@pytest.mark.parametrize(
    ("wrong", "field"), [({"tax_class_id": 987654321}, "tax_class_id"), ({"lead_days": 61}, "lead_days")]
)
def test_what_gets_past_the_form_is_refused_by_the_rules(context, wrong, field):
    """A tax class may go between the page and its form."""
    facts = {"name": "Our van", "price_net": Decimal(4), "free_over_net": None, "weekdays": [1]}
    usual = {"tax_class_id": factories.tax_class("standard").id, "lead_days": 1, "cutoff_time": time(14)}
    with pytest.raises(Refused) as refusal:
        service.create(service.Terms(**(facts | usual | wrong)), by=SYSTEM)
    assert refusal.value.field == field


def test_two_methods_cannot_share_a_name_in_any_case(desk):
    factories.delivery_method("Our van")
    answer = desk.submit("/admin/delivery/new", **typed(name="OUR VAN"))
    assert (answer.status_code, "There is a delivery method called OUR VAN already." in answer.text) == (
        422,
        True,
    )


def test_a_deleted_method_is_no_longer_offered_and_its_name_is_free(desk):
    van = factories.delivery_method("Our van")
    assert desk.submit(f"/admin/delivery/{van.id}/remove", version=van.version).status_code == 303
    assert desk.get(f"/admin/delivery/{van.id}").status_code == 404
    assert desk.submit("/admin/delivery/new", **typed()).status_code == 303
    assert len(methods()) == 2


def test_a_day_is_closed_and_opened_again(desk):
    day = TODAY + timedelta(days=3)
    assert desk.submit("/admin/delivery/closed-days", day=str(day), reason="Stocktaking").status_code == 303
    assert "Stocktaking" in desk.get("/admin/delivery").text
    again = desk.submit("/admin/delivery/closed-days", day=str(day))
    assert (again.status_code, "This day is closed already." in again.text) == (422, True)
    closed = db.session.scalars(select(ClosedDay)).one()
    assert desk.submit(f"/admin/delivery/closed-days/{closed.id}/remove").status_code == 303
    assert db.session.scalars(select(ClosedDay)).all() == []


def test_a_day_that_is_over_cannot_be_closed(desk):
    answer = desk.submit("/admin/delivery/closed-days", day=str(TODAY - timedelta(days=2)))
    assert (answer.status_code, "This day is over." in answer.text) == (422, True)


def test_a_closed_day_is_not_offered(desk):
    factories.delivery_method("Our van", weekdays=[1, 2, 3, 4, 5, 6, 7], cutoff_time=time(0))
    first = TODAY + timedelta(days=2)
    factories.saved(ClosedDay(day=first))
    words = f"{first:%a} {first.day} {first:%b}"
    assert words not in desk.get("/admin/delivery").text
