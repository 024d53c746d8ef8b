"""A real browser. Without one these tests are skipped, loudly; in CI a missing one fails."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.core.database import db
from app.local.embedded import Servers
from tests.browser.serving import Site, served
from tests.conftest import settings_for_tests
from tests.visitor import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if chromium_path() is None:
        terminalreporter.write_line(
            "NO BROWSER: the tests under tests/browser did not run. Install chromium, or set CHROMIUM.",
            red=True,
            bold=True,
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(own_database: str, running_servers: Servers) -> Iterator[Site]:
    """The demo on a real port and a database of its own."""
    app = create_app(settings_for_tests(running_servers, database_url=own_database, demo=True))
    app.test_client_class = Visitor
    with served(app) as site:
        yield site
    with app.app_context():
        db.engine.dispose()
