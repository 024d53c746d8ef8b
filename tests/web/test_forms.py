"""Forms as people meet them: what was typed is tidied and kept, and each mistake is told where it was made."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.database import db
from app.web.forms import tidy
from tests.visitor import Visitor

AsUser = Callable[[User], Visitor]
APPLICATION = {"company": "Blue Door", "name": "Ida Fell", "email": "ida@bluedoor.example"}


def version_of(person: User, app: Flask) -> str:
    with app.app_context():
        return str(db.session.get_one(User, person.id).version)


def errors_beside(page: str, field: str) -> list[str]:
    return re.findall(rf'id="{field}-error">.*?</span>([^<]+)</span>', page)


def errors_on_top(page: str) -> list[str]:
    summary = re.search(r'<div class="errors".*?</div>', page, re.DOTALL)
    return re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", summary[0]) if summary else []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  Maya   Osei ", "Maya Osei"),
        ("Maya\tOsei\r\n", "Maya Osei"),
        ("Rene\u0301", "Ren\u00e9"),
        ("a\0b", "a b"),
        ("\u200b\u202eevil", "evil"),
        ("Ærø 🦊", "Ærø 🦊"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_was_typed_is_read_as_it_was_meant(typed: str | None, meant: str) -> None:
    assert tidy(typed) == meant


def test_a_tidied_name_is_what_is_saved(app: Flask, as_user: AsUser, maya: User) -> None:
    sent = {"name": " Maya \u00a0 Osei\t", "phone": "0113", "version": version_of(maya, app)}
    assert as_user(maya).submit("/account", **sent).status_code == 303
    with app.app_context():
        assert db.session.get_one(User, maya.id).name == "Maya Osei"


def test_each_mistake_stands_in_the_summary_and_beside_its_field(visitor: Visitor) -> None:
    answer = visitor.submit("/register", company="", name="Ida", email="ida", password="")
    assert answer.status_code == 422
    told = errors_on_top(answer.text)
    assert len(told) == 3
    assert [errors_beside(answer.text, name)[0] for name in ("company", "email", "password")] == told
    assert errors_beside(answer.text, "name") == []
    assert "<title>Error: fix 3 things" in answer.text
    assert "Fix 3 things" in answer.text


def test_what_was_typed_is_kept_except_the_password(visitor: Visitor) -> None:
    answer = visitor.submit("/register", **APPLICATION, password="easy")
    assert answer.status_code == 422
    for value in APPLICATION.values():
        assert f'value="{value}"' in answer.text
    assert "easy" not in re.sub(r"easy to guess", "", answer.text)


def test_markup_that_was_typed_comes_back_as_text(visitor: Visitor) -> None:
    answer = visitor.submit(
        "/register", **APPLICATION | {"company": '"><script>alert(1)</script>'}, password="x"
    )
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_a_refusal_about_no_field_stands_in_the_summary_alone(visitor: Visitor, maya: User) -> None:
    answer = visitor.sign_in(maya.email, "guess guess guess")
    assert answer.status_code == 422
    assert errors_on_top(answer.text) == ["The email or the password is not right. Check both and try again."]
    assert "aria-invalid" not in answer.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "n" * 121, "Use 120 characters or fewer."),
        ("email", "ida@", "Type a whole email address, like maya@example.com."),
        ("email", f"{'i' * 250}@bluedoor.example", "Type a whole email address, like maya@example.com."),
        ("phone", "1" * 41, "Use 40 characters or fewer."),
        ("company", "   ", "Type the name of your business."),
    ],
)
def test_a_field_says_what_would_be_right(visitor: Visitor, field: str, value: str, said: str) -> None:
    answer = visitor.submit(
        "/register", **APPLICATION | {field: value}, password="seven brown geese over leeds"
    )
    assert answer.status_code == 422
    assert errors_beside(answer.text, field) == [said]


@pytest.mark.parametrize("version", [None, "", "x", "0", "-1", "1e3", "99999999999999999999"])
def test_a_form_that_has_not_seen_the_row_as_it_is_changes_nothing(
    app: Flask, as_user: AsUser, maya: User, version: str | None
) -> None:
    sent = {"name": "Somebody else", "phone": "0113"} | ({} if version is None else {"version": version})
    answer = as_user(maya).submit("/account", **sent)
    assert answer.status_code == 409
    assert 'value="Somebody else"' in answer.text
    with app.app_context():
        assert db.session.get_one(User, maya.id).name == "Maya Osei"


def test_after_a_conflict_the_page_carries_the_version_of_now(
    app: Flask, as_user: AsUser, maya: User
) -> None:
    answer = as_user(maya).submit("/account", name="Mine", phone="", version="0")
    assert f'name="version" type="hidden" value="{version_of(maya, app)}"' in answer.text
