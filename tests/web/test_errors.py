"""What a person sees when something is wrong: what, what now, and never a stack trace."""

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts.models import User
from app.core.database import db
from app.web.access import public
from tests.visitor import Visitor
from tests.web.failing import add_failing_pages


def raising(sqlstate: str) -> str:
    """PostgreSQL itself says so."""
    return f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"


@pytest.fixture
def failing(app: Flask) -> Visitor:
    """A page that fails in the way its address says."""
    add_failing_pages(app)
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


def test_trouble_of_the_database_passes_and_is_no_bug(own_app: Flask) -> None:
    passing = [
        "SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)",
        "SET LOCAL transaction_read_only = on; DELETE FROM setting",
        raising("53100"),  # the disk is full
        raising("53300"),  # too many connections
        raising("25P03"),  # idle in a transaction for too long
        raising("55P03"),  # a lock that did not come
    ]
    bugs = [raising("42601"), raising("23505")]  # a slip in our own words; twice what should be there once

    @public
    def in_trouble(number: int) -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql((passing + bugs)[number])

    for door in ("", "/api/v1"):
        own_app.add_url_rule(f"{door}/in-trouble/<int:number>", "in_trouble", in_trouble)
    visitor = own_app.test_client()
    for number in range(len(passing + bugs)):
        for door in ("", "/api/v1"):
            answer = visitor.get(f"{door}/in-trouble/{number}")
            said = answer.status_code, answer.headers.get("Retry-After")
            assert said == ((503, "5") if number < len(passing) else (500, None))


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
