"""Real PostgreSQL, real Valkey, one application; each test is a transaction that never happened."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from app import create_app
from app.accounts.models import Customer, User
from app.config import Environment, Settings
from app.core.business import read_business
from app.core.database import db
from app.core.files import DiskFiles
from app.local.embedded import Servers, servers
from tests import factories
from tests.machine import passing_folder
from tests.visitor import Visitor

SECRET_KEY = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"


def pytest_configure() -> None:
    os.environ.pop("DEMO", None)


@pytest.fixture(scope="session")
def running_servers() -> Iterator[Servers]:
    with passing_folder() as folder, servers(folder, durable=False) as found:
        yield found


def settings_for_tests(found: Servers, **given: object) -> Settings:
    return Settings(
        **(
            {
                "app_env": Environment.DEVELOPMENT,
                "secret_key": SECRET_KEY,
                "database_url": found.database_url,
                "redis_url": found.redis_url,
                "base_url": "http://localhost",
                "log_level": "WARNING",
                "argon2_memory_kib": 8,
                "argon2_rounds": 1,
                "reads_a_minute": 100_000,
                "writes_a_minute": 100_000,
            }
            | given
        )
    )


@contextmanager
def copied(template: URL, name: str) -> Iterator[str]:
    """The address of a fresh copy, gone afterwards."""
    admin = create_engine(template.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template.database} STRATEGY file_copy"))
    yield template.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        dropped(connection, name)
    admin.dispose()


def dropped(connection: Connection, name: str) -> None:
    """Whoever is still connected is thrown out. The vacuum of the server itself is not ours to throw out, but a
    plain drop sends it away.
    """
    try:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    except ProgrammingError:
        connection.execute(text(f"DROP DATABASE {name}"))


@pytest.fixture(scope="session")
def template(running_servers: Servers) -> Iterator[URL]:
    """A migrated database that nobody is connected to: every other one is a copy of it."""
    settings = settings_for_tests(running_servers)
    app = create_app(settings)
    app.test_cli_runner().invoke(args=["prepare"], catch_exceptions=False)
    with app.app_context():
        db.engine.dispose()
    name = f"template_{os.getpid()}"
    with copied(make_url(settings.database_url), name):
        yield make_url(settings.database_url).set(database=name)


@pytest.fixture(scope="session")
def whole_app(running_servers: Servers, template: URL) -> Iterator[Flask]:
    """The application on a migrated database; use `app`, which undoes what a test did."""
    with copied(template, f"shared_{os.getpid()}") as url:
        app = create_app(settings_for_tests(running_servers, database_url=url))
        app.test_client_class = Visitor
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield app


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """Everything a test commits happens inside one transaction, which is rolled back after it."""
    engines = db._app_engines[whole_app]
    real = engines[None]
    with real.connect() as connection:
        outer = connection.begin()
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield whole_app
        finally:
            engines[None] = real
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            outer.rollback()
    with whole_app.app_context():
        whole_app.extensions["gateways"].mailer.sent.clear()
        read_business()


@pytest.fixture
def files(app: Flask, tmp_path: Path) -> Iterator[DiskFiles]:
    """A folder for files, as long as the test lasts."""
    before = app.extensions["gateways"]
    kept = DiskFiles(tmp_path)
    app.extensions["gateways"] = replace(before, files=kept)
    yield kept
    app.extensions["gateways"] = before


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An application context for tests that call use cases and queries themselves."""
    with app.app_context():
        yield app


@pytest.fixture
def own_database(template: URL) -> Iterator[str]:
    """A database of its own, for tests that need several real connections: its address."""
    with copied(template, f"own_{os.getpid()}") as url:
        yield url


@pytest.fixture
def own_app(own_database: str, running_servers: Servers) -> Iterator[Flask]:
    """An application on a database of its own: commits are real, threads welcome."""
    given = settings_for_tests(running_servers, database_url=own_database, database_pool=50)
    app = create_app(given)
    app.test_client_class = Visitor
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return app.test_client()


@pytest.fixture
def as_user(app: Flask) -> Callable[[User], Visitor]:
    """A browser in which this person has signed in."""

    def sign_in(user: User) -> Visitor:
        visitor: Visitor = app.test_client()
        return visitor.signed_in(user)

    return sign_in


@pytest.fixture
def copper_kettle(app: Flask) -> Customer:
    with app.app_context():
        return factories.customer("Copper Kettle Café")


@pytest.fixture
def northgate(app: Flask) -> Customer:
    with app.app_context():
        return factories.customer("Northgate Deli")


@pytest.fixture
def owner(app: Flask) -> User:
    with app.app_context():
        return factories.user("Hana Whitlock", role="admin")


@pytest.fixture
def tom(app: Flask) -> User:
    with app.app_context():
        return factories.user("Tom Ridley", role="order_clerk")


@pytest.fixture
def wanda(app: Flask) -> User:
    with app.app_context():
        return factories.user("Wanda Price", role="warehouse")


@pytest.fixture
def maya(app: Flask, copper_kettle: Customer) -> User:
    """Runs her company's account."""
    with app.app_context():
        return factories.user("Maya Osei", role="customer_admin", of=copper_kettle)


@pytest.fixture
def ben(app: Flask, northgate: Customer) -> User:
    """Buys for another company."""
    with app.app_context():
        return factories.user("Ben Farrow", role="buyer", of=northgate)
