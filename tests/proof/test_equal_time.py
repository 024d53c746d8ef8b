"""Whether an account exists cannot be told from how long the answer takes, at what a password really costs."""

import time
from collections.abc import Callable, Iterator
from statistics import median

import pytest
from flask import Flask

from app import create_app
from app.core.database import db
from app.local.embedded import Servers
from tests import factories
from tests.conftest import settings_for_tests
from tests.visitor import Visitor

pytestmark = [pytest.mark.proof, pytest.mark.alone]

TRIES, ROUNDS = 40, 8
MILLISECONDS, SHARE = 0.005, 0.10
REAL_COST = {"argon2_memory_kib": 19_456, "argon2_rounds": 2}
PASSWORD = "perforated linden harbour"

Ask = Callable[[Visitor, str, int], object]


@pytest.fixture
def site(own_database: str, running_servers: Servers) -> Iterator[Flask]:
    app = create_app(settings_for_tests(running_servers, database_url=own_database, **REAL_COST))
    app.test_client_class = Visitor
    yield app
    with app.app_context():
        db.engine.dispose()


def sign_in(visitor: Visitor, email: str, number: int) -> object:
    answer = visitor.sign_in(email, "not the password of anybody")
    return answer.status_code, len(answer.text) - len(email)


def sign_in_a_program(visitor: Visitor, email: str, number: int) -> object:
    answer = visitor.post("/api/v1/auth/login", json={"email": email, "password": "not the password"})
    return answer.status_code, answer.text


def forget(visitor: Visitor, email: str, number: int) -> object:
    answer = visitor.submit("/password/forgot", email=email)
    return answer.status_code, answer.location


def apply(visitor: Visitor, email: str, number: int) -> object:
    answer = visitor.submit(
        "/register", company=f"Bakery {number}", name="Ida", email=email, password=PASSWORD
    )
    return answer.status_code, answer.location


@pytest.mark.parametrize("ask", [sign_in, sign_in_a_program, forget, apply])
def test_the_answer_takes_as_long_whether_or_not_somebody_is_there(site: Flask, ask: Ask) -> None:
    with site.app_context():
        known = [factories.user(f"P{number} Known", role="warehouse").email for number in range(TRIES)]
    ask(site.test_client(), "the.first@costs.more.example", 99)
    # Other work on this machine only ever adds to the difference, so one quiet round is enough.
    assert any(difference(*medians(site, ask, known, part)) <= 1 for part in range(ROUNDS))


def difference(one: float, other: float) -> float:
    """1 is as much as may be."""
    return abs(one - other) / max(MILLISECONDS, SHARE * min(one, other))


def medians(site: Flask, ask: Ask, known: list[str], part: int) -> tuple[float, float]:
    took: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for number, email in enumerate(known):
        for exists in ((True, False), (False, True))[number % 2]:
            visitor = site.test_client()
            visitor.environ_base["REMOTE_ADDR"] = f"10.{part}.{number}.{int(exists)}"
            visitor.csrf_token()
            began = time.perf_counter()
            answers.add(ask(visitor, email if exists else f"{part}.{email}", 100 * part + number))
            took[exists].append(time.perf_counter() - began)
    assert len(answers) == 1
    return median(took[True]), median(took[False])
