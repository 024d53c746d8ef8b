"""Forms from elsewhere change nothing: every unsafe route is asked without a token, with a foreign one, from afar."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing.converters import AnyConverter, BaseConverter, IntegerConverter

from app.accounts.models import User
from app.core.audit import AuditEvent
from app.core.database import db
from app.web.access import access_of
from tests.visitor import Visitor


def unsafe_paths(app: Flask, *, of_buyers: bool) -> Iterator[str]:
    """Every address that takes a POST, its variable parts filled with something that fits."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        is_theirs = access is not None and access.buyers_only
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/") and is_theirs == of_buyers:
            values = {name: something(rule._converters[name]) for name in rule.arguments}
            yield adapter.build(rule.endpoint, values, method="POST")


def something(converter: BaseConverter) -> str | int:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "x"


def events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


@pytest.mark.parametrize("who", ["owner", "maya"])
def test_no_form_works_without_its_token(
    app: Flask, as_user: type, request: pytest.FixtureRequest, who: str
) -> None:
    here = as_user(request.getfixturevalue(who))
    before = events(app)
    paths = unsafe_paths(app, of_buyers=who == "maya")
    answers = {path: here.post(path, data={"name": "x"}).status_code for path in paths}
    assert len(answers) > 5
    assert {path: status for path, status in answers.items() if status != 403} == {}
    assert events(app) == before


def test_a_token_of_another_session_is_worth_nothing(
    app: Flask, as_user: type, owner: User, tom: User
) -> None:
    here, other = as_user(owner), as_user(tom)
    token = other.csrf_token()
    assert here.post("/logout", data={"csrf_token": token}).status_code == 403
    assert here.get("/desk").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_sent_from_elsewhere_is_refused_even_with_the_token(
    as_user: type, owner: User, headers: dict[str, str]
) -> None:
    here = as_user(owner)
    assert here.submit("/logout", headers=headers).status_code == 403
    assert here.get("/desk").status_code == 200


def test_our_own_pages_are_known_by_origin(as_user: type, owner: User) -> None:
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert as_user(owner).submit("/logout", headers=own).status_code == 303


def test_the_token_looks_different_on_every_page_and_works_each_time(as_user: type, owner: User) -> None:
    here = as_user(owner)
    one, two = here.csrf_token(), here.csrf_token()
    assert one != two
    for token in (one, two):
        assert (
            here.post("/account/appearance", data={"csrf_token": token, "theme": "dark"}).status_code == 303
        )


@pytest.mark.parametrize("token", ["", "x", "A" * 64, "é", "A" * 10_000])
def test_a_made_up_token_is_refused_in_a_sentence(visitor: Visitor, token: str) -> None:
    visitor.csrf_token()
    answer = visitor.post("/login", data={"csrf_token": token, "email": "a@b.example", "password": "x"})
    assert answer.status_code == 403
    assert "Go back, reload it and send it again." in answer.text
