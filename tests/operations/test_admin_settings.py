"""Settings: what the business says about itself, one editor at a time."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.business import read_business, setting
from app.core.database import db
from app.web.templating import money

FILLED = {
    "name": "Millrace Wholesale",
    "short_name": "Millrace",
    "tagline": "Coffee and bakery for the trade",
    "phone": "0113 496 0182",
    "email": "orders@millrace.example",
    "opening_hours": "Monday to Saturday",
    "address": "4 Foundry Lane\r\n Leeds  \r\nLS9 8AA\r\n",
    "tax_id": "GB 123 4567 89",
    "bank_name": "Aire Valley Bank",
    "bank_account": "12345678",
    "bank_sort_code": "00-00-00",
    "reminder_days": "14,7, 030",
    "currency": "eur",
    "time_zone": "Europe/Berlin",
}


@pytest.fixture
def owners_browser(as_user, owner):
    return as_user(owner)


@pytest.fixture
def version(app) -> str:
    with app.app_context():
        return str(setting().version)


def test_settings_are_saved_tidied_and_used_at_once(app, as_user, owner, version):
    browser = as_user(owner)
    assert browser.submit("/admin/settings", version=version, **FILLED).status_code == 303
    with app.app_context():
        now = read_business()
    assert (now.address, now.currency) == ("4 Foundry Lane\nLeeds\nLS9 8AA", "EUR")
    assert "Millrace Wholesale" in browser.get("/admin/settings").get_data(as_text=True)


def test_days_of_reminders_are_tidied_and_refused_where_they_are_none(app, as_user, owner, version):
    browser = as_user(owner)
    refused = browser.submit("/admin/settings", version=version, **FILLED | {"reminder_days": "soon"})
    assert (refused.status_code, "with commas between, like 7, 14, 30" in refused.text) == (422, True)
    browser.submit("/admin/settings", version=version, **FILLED)
    with app.app_context():
        assert read_business().reminder_days == "7, 14, 30"


def test_money_is_shown_in_the_new_currency_at_once(app, as_user, owner, version):
    price = Decimal("18.40")
    assert money(price) == "£18.40"
    as_user(owner).submit("/admin/settings", version=version, **FILLED)
    assert money(price) == "€18.40"


def test_the_log_tells_each_setting_before_and_after(app, as_user, owner, version):
    as_user(owner).submit("/admin/settings", version=version, **FILLED)
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "settings.changed")).one()
    assert event.diff["name"] == ["Docket", "Millrace Wholesale"]
    assert event.diff["currency"] == ["GBP", "EUR"]


def test_saving_what_was_there_leaves_no_trace(app, as_user, owner, version):
    browser = as_user(owner)
    browser.submit("/admin/settings", version=version, **FILLED)
    with app.app_context():
        again = str(setting().version)
    browser.submit("/admin/settings", version=again, **FILLED)
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "settings.changed"))
        assert len(events.all()) == 1
        assert str(setting().version) == again


def test_the_second_editor_sees_both_values_and_loses_nothing(app, as_user, owner, version):
    first, second = as_user(owner), as_user(owner)
    first.submit("/admin/settings", version=version, **FILLED)
    mine = FILLED | {"name": "Millrace & Daughters", "tagline": "Typed by the second"}
    answer = second.submit("/admin/settings", version=version, **mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Millrace &amp; Daughters"' in page
    assert 'value="Typed by the second"' in page
    assert "It is now “Millrace Wholesale”." in page
    with app.app_context():
        assert setting().name == "Millrace Wholesale"


def test_the_second_editor_may_save_after_having_seen_both(app, as_user, owner, version):
    first, second = as_user(owner), as_user(owner)
    first.submit("/admin/settings", version=version, **FILLED)
    mine = FILLED | {"name": "Millrace & Daughters"}
    page = second.submit("/admin/settings", version=version, **mine).get_data(as_text=True)
    shown = page.partition('name="version"')[2].partition('value="')[2].partition('"')[0]
    assert second.submit("/admin/settings", version=shown, **mine).status_code == 303
    with app.app_context():
        assert setting().name == "Millrace & Daughters"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Type the name of the business."),
        ("short_name", "", "Type a short name"),
        ("email", "orders", "Type a whole email address"),
        ("currency", "XXZ", "Type a currency by its three letters"),
        ("currency", "POUND", "Use 3 characters or fewer."),
        ("time_zone", "Leeds", "Type a time zone by its name"),
        ("time_zone", "../etc/passwd", "Type a time zone by its name"),
        ("address", "x" * 401, "Use 400 characters or fewer."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(owners_browser, version, field, typed, said):
    answer = owners_browser.submit("/admin/settings", version=version, **FILLED | {field: typed})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    with owners_browser.application.app_context():
        assert setting().name == "Docket"


def test_two_wrong_settings_are_named_together(owners_browser, version):
    wrong = FILLED | {"currency": "XXZ", "time_zone": "Leeds"}
    page = owners_browser.submit("/admin/settings", version=version, **wrong).get_data(as_text=True)
    assert "Fix 2 things to save the settings" in page
    assert "Type a currency by its three letters" in page
    assert "Type a time zone by its name" in page


def test_settings_sent_twice_are_saved_once(owners_browser, version):
    sent = FILLED | {"once": "s1"}
    answers = [owners_browser.submit("/admin/settings", version=version, **sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


def test_an_empty_email_is_allowed(as_user, owner, version):
    assert (
        as_user(owner).submit("/admin/settings", version=version, **FILLED | {"email": ""}).status_code == 303
    )
