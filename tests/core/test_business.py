"""What the business says about itself: kept in memory, and never out of date for those who are signed in."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts.models import User
from app.core import business as words
from app.core.business import business, business_lately, read_business
from app.core.database import db
from tests.visitor import Visitor


@pytest.fixture
def renamed_elsewhere(app: Flask) -> Callable[[str], None]:
    """Another process saves the settings: this one is told nothing."""
    statement = text("UPDATE setting SET name = :name, short_name = :name, version = version + 1")
    with app.app_context():
        read_business()

    def save(name: str) -> None:
        with app.app_context():
            db.session.execute(statement, {"name": name})
            db.session.commit()

    return save


def test_the_next_page_of_somebody_signed_in_knows_the_new_name(
    renamed_elsewhere: Callable[[str], None], as_user: Callable[[User], Visitor], owner: User
) -> None:
    here = as_user(owner)
    assert "Docket" in here.get("/desk").text
    renamed_elsewhere("Millrace")
    assert "Millrace" in here.get("/desk").text


def test_a_page_before_sign_in_may_know_the_old_name_for_some_seconds(
    renamed_elsewhere: Callable[[str], None], visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed_elsewhere("Millrace")
    assert "Millrace" not in visitor.get("/login").text
    monkeypatch.setattr(words, "_good_until", 0.0)
    assert "Millrace" in visitor.get("/login").text


def test_saving_the_settings_shows_at_once(
    as_user: Callable[[User], Visitor], owner: User, visitor: Visitor
) -> None:
    here = as_user(owner)
    page = here.get("/admin/settings").text
    version = page.partition('name="version" type="hidden" value="')[2].partition('"')[0]
    sent = {"name": "Millrace", "short_name": "Mill", "currency": "GBP", "time_zone": "Europe/London"}
    assert here.submit("/admin/settings", **sent, version=version).status_code == 303
    assert "Mill" in here.get("/desk").text
    assert "Millrace" in visitor.get("/login").text


def test_what_is_remembered_is_asked_for_once(context: Flask) -> None:
    known = read_business()
    assert business() is known
    assert business_lately() is known
    assert words.business_as_of(known.version) is known
    assert words.business_as_of(known.version + 1) is not known


def test_a_house_without_its_row_still_has_a_name(context: Flask) -> None:
    db.session.execute(text("DELETE FROM setting"))
    assert read_business().name == "Docket"
