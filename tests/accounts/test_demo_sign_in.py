"""The sign-in page of the demo: everybody with one click, and a word when somebody changed a password."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app, demo
from app.core.database import db
from app.local.embedded import Servers
from app.millrace import DEMO_PASSWORD, PEOPLE
from tests.accounts.test_links import NEW, reset_link
from tests.conftest import settings_for_tests
from tests.visitor import Visitor

CHANGED = "somebody changed this person’s password"


@pytest.fixture
def millrace(own_database: str, running_servers: Servers) -> Iterator[Flask]:
    app = create_app(settings_for_tests(running_servers, database_url=own_database, demo=True))
    app.test_client_class = Visitor
    with app.app_context():
        demo.load()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_everybody_is_one_click_away(millrace: Flask) -> None:
    page = millrace.test_client().get("/login").text
    assert all(person.name in page for person in PEOPLE)
    assert millrace.test_client().sign_in(PEOPLE[0].email, DEMO_PASSWORD).status_code == 303


def test_a_click_on_somebody_whose_password_was_changed_says_so(millrace: Flask) -> None:
    visitor, person = millrace.test_client(), PEOPLE[1]
    visitor.submit(reset_link(millrace, visitor, person.email), password=NEW)
    refused = millrace.test_client().sign_in(person.email, DEMO_PASSWORD)
    assert refused.status_code == 422
    assert CHANGED in refused.text
    assert CHANGED not in millrace.test_client().sign_in(person.email, "just a guess").text


def test_without_the_demo_nobody_is_offered(visitor: Visitor) -> None:
    assert "Try the demo" not in visitor.get("/login").text
    assert CHANGED not in visitor.sign_in(PEOPLE[1].email, DEMO_PASSWORD).text
