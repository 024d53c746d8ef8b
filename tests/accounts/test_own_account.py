"""A person's own account: password, devices, profile."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.credentials import Session
from app.accounts.models import User
from app.core.database import db
from tests.accounts.test_admin_pages import version_in
from tests.factories import PASSWORD
from tests.visitor import Visitor

NEW = "seven brown geese over leeds"


def test_changing_the_password_ends_the_other_devices_at_once(as_user: type, maya: User) -> None:
    here, there = as_user(maya), as_user(maya)
    answer = here.submit("/account/password", current=PASSWORD, password=NEW)
    assert answer.status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_the_current_password_is_asked_for(as_user: type, maya: User) -> None:
    answer = as_user(maya).submit("/account/password", current="not this one at all", password=NEW)
    assert answer.status_code == 422
    assert "This is not your current password." in answer.text


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "Use 12 characters or more."),
        ("passwordpassword", "easy to guess"),
        ("mayaoseimayaosei", "easy to guess"),
        ("x" * 129, "Use 128 characters or fewer."),
        ("perforated-canary-slip", "Everybody knows this password"),
        ("y" * 10_000, "Use 128 characters or fewer."),
        ("", "Choose a new password."),
    ],
)
def test_a_bad_password_is_refused_beside_its_field(
    as_user: type, maya: User, password: str, said: str
) -> None:
    answer = as_user(maya).submit("/account/password", current=PASSWORD, password=password)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "password",
    [
        "tangerine lantern 7 gravel sky",
        "x" + "q7 vivid otter lamp! " * 3 + "z",
        "🦊 grüner Löwe auf 3 Wolken",
    ],
)
def test_long_and_colourful_passwords_work_exactly_as_typed(
    visitor: Visitor, as_user: type, maya: User, password: str
) -> None:
    as_user(maya).submit("/account/password", current=PASSWORD, password=password)
    assert visitor.sign_in(maya.email, password[:-1]).status_code == 422
    assert visitor.sign_in(maya.email, password).status_code == 303


def test_one_device_can_be_signed_out_and_only_ones_own(
    app: Flask, as_user: type, maya: User, ben: User
) -> None:
    here, there, other = as_user(maya), as_user(maya), as_user(ben)
    with app.app_context():
        mine = db.session.scalars(
            select(Session.id).where(Session.user_id == maya.id).order_by(Session.id)
        ).all()
        bens = db.session.scalar(select(Session.id).where(Session.user_id == ben.id))
    here.submit(f"/account/devices/{mine[1]}/end")
    here.submit(f"/account/devices/{bens}/end")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert other.get("/").status_code == 200


def test_signing_out_everywhere_includes_this_device(app: Flask, as_user: type, maya: User) -> None:
    here, there = as_user(maya), as_user(maya)
    assert here.submit("/account/sign-out-everywhere").location == "/login"
    assert there.get("/").status_code == 302
    assert "You are signed out everywhere" in here.get("/login").text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_a_profile_is_saved_once_and_a_stale_tab_is_told(app: Flask, as_user: type, maya: User) -> None:
    here = as_user(maya)
    with app.app_context():
        version = str(db.session.get_one(User, maya.id).version)
    assert here.submit("/account", name="Maya O.", phone="07700 900123", version=version).status_code == 303
    answer = here.submit("/account", name="Someone else", phone="07700 900123", version=version)
    assert answer.status_code == 409
    assert 'value="Someone else"' in answer.text, "what was typed is kept"
    assert answer.text.count("It is now “Maya O.”.") == 2, "in the summary and beside the name"
    assert answer.text.count("It is now") == 2, "the phone is the same"
    with app.app_context():
        assert db.session.get_one(User, maya.id).name == "Maya O."


def test_the_stale_profile_of_staff_also_tells_about_keys(app: Flask, as_user: type, tom: User) -> None:
    here = as_user(tom)
    version = version_in(here.get("/account").text)
    assert here.submit("/account", name=tom.name, version=version).status_code == 303
    answer = here.submit("/account", name=tom.name, single_keys="y", version=version)
    assert (answer.status_code, "It is now off." in answer.text) == (409, True)
    sure = here.submit("/account", name=tom.name, single_keys="y", version=version_in(answer.text))
    assert sure.status_code == 303
    with app.app_context():
        assert db.session.get_one(User, tom.id).single_keys is True


def test_a_buyer_who_saves_the_profile_keeps_what_it_does_not_show(
    app: Flask, as_user: type, maya: User
) -> None:
    here = as_user(maya)
    version = version_in(here.get("/account").text)
    assert here.submit("/account", name=maya.name, version=version).status_code == 303
    with app.app_context():
        assert db.session.get_one(User, maya.id).single_keys is True


def test_appearance_is_written_into_the_page(as_user: type, maya: User) -> None:
    here = as_user(maya)
    here.submit("/account/appearance", theme="dark")
    assert 'data-theme="dark"' in here.get("/account").text
