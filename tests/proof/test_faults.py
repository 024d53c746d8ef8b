"""Rows that somebody holds, a database that only reads or restarts, a Redis that hangs: the house goes on."""

import os
import signal
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, text

from app import create_app
from app.local.embedded import Servers, servers
from tests import factories
from tests.conftest import copied, settings_for_tests
from tests.local.conftest import open_folder  # noqa: F401 - a fixture
from tests.proof.site import Browser, Web, web
from tests.proof.tree import Bench, bench, eventually
from tests.smtp_sink import smtp_sink

pytestmark = [pytest.mark.proof, pytest.mark.alone]

OWNER, TOM = "hana.whitlock@staff.example", "tom.ridley@staff.example"
EVERYBODY_ELSE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)
MAIL = "tests.mail"


@dataclass
class House:
    """One web process over a database and a Redis that a test may treat badly."""

    bench: Bench
    site: Web

    def ready(self) -> dict[str, str]:
        checks: dict[str, str] = httpx.get(f"{self.site.url}/health/ready", timeout=10).json()["checks"]
        return checks

    def signed_in(self, email: str) -> Browser:
        browser = Browser(self.site.url)
        assert browser.submit("/login", email=email, password=factories.PASSWORD).status_code == 200
        return browser

    def assert_others_are_served(self) -> None:
        for path in ("/health/live", "/login"):
            assert httpx.get(self.site.url + path).elapsed.total_seconds() < 2

    @contextmanager
    def holding(self, email: str) -> Iterator[None]:
        """Somebody else is in the middle of changing this person."""
        with self.bench.engine.execution_options(isolation_level="READ COMMITTED").begin() as other:
            other.execute(text('UPDATE "user" SET phone = phone WHERE email = :email'), {"email": email})
            yield

    @contextmanager
    def only_reading(self) -> Iterator[None]:
        own = self.bench.engine.url.database
        self.bench.do(f"ALTER DATABASE {own} SET default_transaction_read_only = on")
        self.bench.do(EVERYBODY_ELSE)
        try:
            yield
        finally:
            self.bench.do("SET default_transaction_read_only = off")
            self.bench.do(f"ALTER DATABASE {own} RESET default_transaction_read_only")
            self.bench.do(EVERYBODY_ELSE)


@pytest.fixture(scope="module")
def house(
    running_servers: Servers, template: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("faults")
    with copied(template, "faults") as database_url:
        app = create_app(settings_for_tests(running_servers, database_url=database_url))
        with app.app_context():
            factories.user("Hana Whitlock", role="admin")
            factories.user("Tom Ridley", role="order_clerk")
        with (
            bench(database_url, "smtp://127.0.0.1:9", folder) as found,
            web(found.environment, folder / "web.log") as site,
        ):
            yield House(found, site)


def test_a_row_that_somebody_holds_costs_one_form_two_seconds_and_nothing_that_was_typed(
    house: House,
) -> None:
    desk = house.signed_in(OWNER)
    person = house.bench.ask('SELECT id FROM "user" WHERE email = :email', email=TOM)
    edit, typed = (
        f"/admin/users/{person}/edit",
        {"name": "Tom R. Ridley", "email": TOM, "roles": "order_clerk"},
    )
    with house.holding(TOM), ThreadPoolExecutor() as pool:
        waiting = [
            pool.submit(desk.submit, edit, token_from=edit, **typed),
            pool.submit(Browser(house.site.url).submit, "/login", email=TOM, password=factories.PASSWORD),
        ]
        house.assert_others_are_served()
        answers = [answer.result() for answer in waiting]
    for answer, kept in zip(answers, ("Tom R. Ridley", TOM), strict=True):
        assert answer.status_code == 503
        assert answer.elapsed.total_seconds() < 4.5, (
            "a statement may take 5 s; whoever queues for a row waits less"
        )
        assert int(answer.headers["Retry-After"]) > 0
        assert "We are very busy. Try again in a moment." in answer.text
        assert f'value="{kept}"' in answer.text
    assert "Changes saved" in desk.submit(edit, token_from=edit, **typed).text
    house.signed_in(TOM)


def test_a_database_that_only_reads_is_not_ready_and_no_bug(house: House) -> None:
    pair = {"email": TOM, "password": factories.PASSWORD}
    with house.only_reading():
        assert house.ready()["database"] == "read-only"
        assert httpx.get(f"{house.site.url}/health/ready").status_code == 503
        for answer in (
            Browser(house.site.url).submit("/login", **pair),
            Browser(house.site.url).send("/auth/login", pair),
        ):
            assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
        assert "request.failed" not in house.site.log.read_text()
    assert house.ready()["database"] == "ok"
    house.signed_in(TOM)


def test_a_redis_that_hangs_costs_nobody_a_page(house: House) -> None:
    desk = house.signed_in(OWNER)
    assert house.bench.valkey.process
    os.kill(house.bench.valkey.process.pid, signal.SIGSTOP)

    def one_client(_: int) -> list[httpx.Response]:
        return [httpx.get(f"{house.site.url}/account", cookies=desk.client.cookies) for _ in range(8)]

    with ThreadPoolExecutor() as pool:
        answers = [answer for client in pool.map(one_client, range(4)) for answer in client]
    seconds = sorted(answer.elapsed.total_seconds() for answer in answers)
    assert {answer.status_code for answer in answers} == {200}
    assert seconds[-1] < 1, "half a second, for whoever came first"
    assert statistics.median(seconds) < 0.45, "the others wait for nothing"
    assert house.ready()["redis"] == "unreachable"
    os.kill(house.bench.valkey.process.pid, signal.SIGCONT)
    eventually(lambda: house.ready()["redis"] == "ok")


def test_a_database_that_restarts_costs_the_gap_and_nothing_more(
    open_folder: Path,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    with ExitStack() as stack, ExitStack() as before_the_restart:
        found = before_the_restart.enter_context(servers(open_folder))
        create_app(settings_for_tests(found)).test_cli_runner().invoke(
            args=["prepare"], catch_exceptions=False
        )
        sink = stack.enter_context(smtp_sink())
        mine = stack.enter_context(bench(found.database_url, sink.url, tmp_path))
        site = stack.enter_context(web(mine.environment, tmp_path / "web.log"))
        tree = mine.worker()
        mine.promise(MAIL, 3)
        eventually(mine.all_kept(MAIL))
        children = tree.children
        before_the_restart.close()
        gone = Browser(site.url).send("/auth/login", {"email": TOM, "password": factories.PASSWORD})
        assert (gone.status_code, int(gone.headers["Retry-After"]) > 0) == (503, True)
        stack.enter_context(servers(open_folder))
        answer = Browser(site.url).submit("/login", email=TOM, password=factories.PASSWORD)
        assert answer.status_code == 422, "nobody is called so, and the first who asks is told"
        mine.engine.dispose()
        mine.do("UPDATE outbox_message SET dedupe_key = dedupe_key || '-before'")
        mine.promise(MAIL, 3)
        eventually(mine.all_kept(MAIL), within=20)
        assert len(sink.letters) == 6
        assert tree.children == children
        assert "request.failed" not in site.log.read_text()
