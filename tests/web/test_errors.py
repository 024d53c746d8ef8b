"""What a person sees when something is wrong: what, what now, and never a stack trace."""

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts.models import User
from app.core.database import db
from app.core.errors import Busy, Conflict, NotAllowed, Refused, Stale, TooMany
from app.web.access import public
from tests.visitor import Visitor


@pytest.fixture
def failing(app: Flask) -> Visitor:
    """A page that fails in the way its address says."""
    kinds = {
        "refused": Refused("Type a number."),
        "stale": Stale(),
        "conflict": Conflict("Somebody took it."),
        "forbidden": NotAllowed("Ask the owner."),
        "often": TooMany("Wait.", retry_after=7),
        "busy": Busy(),
        "bug": ZeroDivisionError("secret detail"),
    }

    @public
    def fail(kind: str) -> str:
        raise kinds[kind]

    if "fail" not in app.view_functions:
        for prefix in ("/fail/", "/api/v1/fail/"):
            app.url_map.add(app.url_rule_class(f"{prefix}<kind>", endpoint="fail", methods=["GET"]))
    app.view_functions["fail"] = fail
    visitor: Visitor = app.test_client()
    return visitor


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("refused", 422, "Type a number."),
        ("stale", 409, "Somebody changed this while you had it open."),
        ("conflict", 409, "Somebody took it."),
        ("forbidden", 403, "Ask the owner."),
        ("often", 429, "Wait."),
        ("busy", 503, "We are very busy."),
        ("bug", 500, "Nothing you sent was half saved."),
    ],
)
def test_each_kind_has_its_page_and_its_sentence(failing: Visitor, kind: str, status: int, said: str) -> None:
    answer = failing.get(f"/fail/{kind}")
    assert answer.status_code == status
    assert said in answer.text
    assert "secret detail" not in answer.text


@pytest.mark.parametrize("kind", ["often", "busy"])
def test_whoever_must_wait_is_told_how_long(failing: Visitor, kind: str) -> None:
    assert int(failing.get(f"/fail/{kind}").headers["Retry-After"]) > 0


def test_a_bug_gives_a_reference_that_is_in_the_log(
    failing: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = failing.get("/fail/bug", headers={"X-Correlation-ID": "tests-reference-1"})
    assert "tests-reference-1" in answer.text


def test_the_json_door_fails_in_its_envelope(failing: Visitor) -> None:
    answer = failing.get("/api/v1/fail/refused")
    assert answer.status_code == 422
    assert answer.json["success"] is False
    assert answer.json["data"] is None
    assert answer.json["errors"][0]["detail"] == "Type a number."


def test_a_page_says_503_when_the_database_went_away_and_works_again_after(
    own_app: Flask,
) -> None:
    visitor = own_app.test_client()
    assert visitor.get("/login").status_code == 200
    everybody_else = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    with own_app.app_context(), db.engine.connect() as other:
        other.execute(text(everybody_else))
    assert visitor.get("/login").status_code == 200, "a restarted server costs nobody a page"


def test_without_a_database_the_error_page_still_stands(app: Flask, as_user: type, owner: User) -> None:
    here = as_user(owner)
    engine = db._app_engines[app][None]
    engine.execute(text("SAVEPOINT before_the_trouble"))
    try:
        engine.execute(text("ALTER TABLE setting RENAME TO gone"))
        answer = here.get("/desk")
        assert answer.status_code == 500
        assert "Something went wrong on our side" in answer.text
    finally:
        engine.execute(text("ROLLBACK TO SAVEPOINT before_the_trouble"))
