"""A double click: the second answer is the first one's, not the failure that the first has caused."""

import re

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.database import db
from tests.accounts.acting import actions, now, promises
from tests.accounts.test_admin_pages import version_in
from tests.accounts.test_links import NEW, link_mailed, reset_link
from tests.factories import PASSWORD
from tests.visitor import Visitor


def twice(visitor: Visitor, path: str, **fields: str) -> list[tuple[int, str | None]]:
    answers = [visitor.submit(path, once="the same", **fields) for _ in range(2)]
    return [(answer.status_code, answer.location) for answer in answers]


def test_a_reset_password(app: Flask, visitor: Visitor, maya: User) -> None:
    link = reset_link(app, visitor, maya.email)
    assert twice(visitor, link, password=NEW) == [(303, "/login")] * 2


def test_an_accepted_invitation(app: Flask, desk: Visitor, visitor: Visitor) -> None:
    ida = {"name": "Ida", "email": "ida@millrace.example", "roles": "warehouse"}
    desk.submit("/admin/users/invite", **ida)
    assert twice(visitor, link_mailed(app, "invite"), password=NEW) == [(303, "/login")] * 2


def test_a_confirmed_address(app: Flask, visitor: Visitor) -> None:
    visitor.submit("/register", company="Mill", name="Ida", email="ida@mill.example", password=NEW)
    assert twice(visitor, link_mailed(app, "verify")) == [(303, "/login")] * 2


def test_a_changed_password(context: Flask, as_user: type, maya: User) -> None:
    sent = twice(as_user(maya), "/account/password", current=PASSWORD, password=NEW)
    assert sent == [(303, "/account/password")] * 2
    assert actions() == ["user.password_changed"]


def test_a_saved_profile(as_user: type, maya: User) -> None:
    here = as_user(maya)
    version = version_in(here.get("/account").text)
    assert twice(here, "/account", name="Maya O.", version=version) == [(303, "/account")] * 2


def test_an_edited_person(desk: Visitor, tom: User) -> None:
    facts = {"name": "Thomas", "email": tom.email, "roles": "warehouse", "version": str(now(tom).version)}
    page = f"/admin/users/{tom.id}"
    assert twice(desk, f"{page}/edit", **facts) == [(303, page)] * 2


def test_an_edited_role(desk: Visitor) -> None:
    version = version_in(desk.get("/admin/roles/warehouse").text)
    facts = {"name": "Packers", "permissions": "orders:read", "version": version}
    assert twice(desk, "/admin/roles/warehouse", **facts) == [(303, "/admin/roles")] * 2


def test_another_link_to_confirm(context: Flask, as_user: type, maya: User) -> None:
    db.session.get_one(User, maya.id).email_verified_at = None
    db.session.commit()
    assert twice(as_user(maya), "/account/verify") == [(303, "/account")] * 2
    assert [topic for topic, _ in promises()] == ["accounts.mail_verify"]


@pytest.mark.parametrize("path", ["/account", "/account/password", "/admin/settings", "/admin/roles/buyer"])
def test_the_forms_carry_the_token(desk: Visitor, path: str) -> None:
    assert re.search(r'name="once" value="[\w-]{20,}"', desk.get(path).text)


def test_guesses_at_the_current_password_are_counted_whatever_the_form_carries(
    as_user: type, maya: User
) -> None:
    here = as_user(maya)
    for number in range(10):
        wrong = {"current": "guess", "password": NEW, "once": f"guess {number}"}
        assert here.submit("/account/password", **wrong).status_code == 422
    assert here.submit("/account/password", current=PASSWORD, password=NEW, once="last").status_code == 429
