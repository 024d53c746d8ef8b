"""How often one may ask: one count over everything, whoever is refused included, with Redis or without."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
import redis
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import User
from app.core.database import db
from app.local.embedded import Servers
from app.web.limits import Bundles, bundle_of
from tests import factories, statements
from tests.accounts.program import Program, code_of, signed_in
from tests.conftest import copied, settings_for_tests
from tests.visitor import Visitor

READS = WRITES = 3
NOBODY_LISTENS = "redis://127.0.0.1:25997/0"


@pytest.fixture(scope="module")
def database(template: object) -> Iterator[str]:
    with copied(template, "limits") as url:
        yield url


@pytest.fixture
def strict(running_servers: Servers, database: str) -> Iterator[Callable[..., Flask]]:
    """An application with small limits, and whatever else is given; nobody has asked it yet."""
    redis.Redis.from_url(running_servers.redis_url).flushdb()
    made: list[Flask] = []

    def make(**given: object) -> Flask:
        small = {"database_url": database, "reads_a_minute": READS, "writes_a_minute": WRITES}
        made.append(create_app(settings_for_tests(running_servers, **(small | given))))
        made[-1].test_client_class = Visitor
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def house(strict: Callable[..., Flask]) -> Flask:
    return strict()


def person(app: Flask, name: str) -> User:
    with app.app_context():
        found = db.session.query(User).filter_by(name=name).one_or_none()
        return found or factories.user(name, role="admin")


def statuses(ask: Callable[[], TestResponse], times: int) -> list[int]:
    return [ask().status_code for _ in range(times)]


def test_one_person_has_one_count_over_pages_and_programs(house: Flask) -> None:
    hana, tom = person(house, "Hana Whitlock"), person(house, "Tom Ridley")
    browser, program = house.test_client().signed_in(hana), signed_in(house, hana)
    assert [browser.get("/desk").status_code, browser.get("/admin/users").status_code] == [200, 200]
    assert program.get("/me").status_code == 200
    assert program.get("/roles").status_code == 429
    assert browser.get("/account").status_code == 429
    assert house.test_client().signed_in(tom).get("/desk").status_code == 200


def test_writes_are_counted_apart(house: Flask) -> None:
    browser = house.test_client().signed_in(person(house, "Hana Whitlock"))
    assert statuses(lambda: browser.get("/desk"), READS + 1) == [200, 200, 200, 429]
    save = statuses(lambda: browser.submit("/account/appearance", theme="dark"), WRITES + 1)
    assert save == [303, 303, 303, 429]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/me", 401),
        ("GET", "/desk", 302),
        ("GET", "/nowhere", 404),
        ("GET", "/login", 200),
        ("POST", "/login", 403),
        ("POST", "/account", 302),
        ("POST", "/api/v1/auth/login", 415),
    ],
)
def test_whoever_is_refused_is_counted_too(house: Flask, method: str, path: str, status: int) -> None:
    client = house.test_client()
    found = statuses(lambda: client.open(path, method=method), READS + 1)
    assert found == [status] * READS + [429]


@pytest.mark.parametrize(("path", "status"), [("/api/v1/imports", 401), ("/admin/imports", 302)])
def test_whoever_sends_a_file_and_is_refused_is_counted_too(house: Flask, path: str, status: int) -> None:
    client = house.test_client()
    assert statuses(lambda: client.post(path, data=b"a file"), WRITES + 1) == [status] * WRITES + [429]


def test_no_connection_to_the_database_waits_while_somebody_sends(house: Flask) -> None:
    browser, busy = house.test_client().signed_in(person(house, "Hana Whitlock")), []

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            busy.append(db.engine.pool.checkedout())
            return super().read(size)

    sent = Slow(b"name=x")
    answer = browser.post("/account", input_stream=sent, content_length=6, content_type="text/plain")
    assert (answer.status_code, set(busy)) == (403, {0})


def test_a_credential_that_is_refused_counts_against_its_address(house: Flask) -> None:
    program = Program(house, "made.up.token")
    assert statuses(lambda: program.get("/me"), READS + 1) == [401, 401, 401, 429]
    elsewhere = house.test_client().get("/api/v1/me", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert elsewhere.status_code == 401


def test_whoever_is_signed_in_does_not_wait_for_strangers_at_the_same_address(house: Flask) -> None:
    stranger = house.test_client()
    assert statuses(lambda: stranger.get("/desk"), READS + 1)[-1] == 429
    assert house.test_client().signed_in(person(house, "Hana Whitlock")).get("/desk").status_code == 200


def test_a_page_says_how_long_to_wait(house: Flask) -> None:
    stranger = house.test_client()
    answers = [stranger.get("/login") for _ in range(READS + 1)]
    assert "Retry-After" not in answers[0].headers
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert "That was too often. Wait a minute, then try again." in answers[-1].text
    assert answers[-1].headers["Content-Security-Policy"]


def test_a_program_is_told_how_long_to_wait(house: Flask) -> None:
    program = Program(house)
    answer = [program.get("/me") for _ in range(READS + 1)][-1]
    assert code_of(answer) == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_health_figures_and_static_files_are_not_counted(house: Flask) -> None:
    stranger = house.test_client()
    sheet = re.search(r'href="(/static/[^"]+\.css)"', stranger.get("/login").text)
    for path in ("/health/live", "/health/ready", "/metrics", sheet[1]):
        assert statuses(lambda path=path: stranger.get(path), READS + 2) == [200] * (READS + 2)
    assert statuses(lambda: stranger.get("/login"), READS) == [200, 200, 429]


def test_what_is_not_there_is_counted_even_beside_the_health_pages(house: Flask) -> None:
    stranger = house.test_client()
    assert statuses(lambda: stranger.get("/health/wealth"), READS + 1) == [404, 404, 404, 429]


def test_two_applications_do_not_share_a_count_unless_they_share_a_redis(
    strict: Callable[..., Flask],
) -> None:
    one, other, alone = strict(), strict(), strict(redis_url=None)
    assert statuses(lambda: one.test_client().get("/login"), READS) == [200] * READS
    assert other.test_client().get("/login").status_code == 429
    assert statuses(lambda: alone.test_client().get("/login"), READS + 1) == [200, 200, 200, 429]


def test_counting_costs_a_question_to_redis_for_each_thirtieth_of_the_allowance(
    strict: Callable[..., Flask], running_servers: Servers
) -> None:
    house = strict(reads_a_minute=300)
    browser = house.test_client().signed_in(person(house, "Hana Whitlock"))
    watcher = redis.Redis.from_url(running_servers.redis_url)
    browser.get("/desk")  # which connects, and fetches the first ten
    before = watcher.info("stats")["total_reads_processed"]
    assert statuses(lambda: browser.get("/desk"), 20) == [200] * 20
    assert watcher.info("stats")["total_reads_processed"] - before == 2 + 1  # and our own question


def test_what_processes_have_fetched_in_advance_never_adds_up_to_more_than_is_allowed(
    strict: Callable[..., Flask],
) -> None:
    houses = [strict(reads_a_minute=60) for _ in range(2)]
    found = [house.test_client().get("/login").status_code for house in houses * 35]
    assert found.count(200) == 60
    assert found[-1] == 429


def test_what_was_fetched_is_good_for_a_minute_only(monkeypatch: pytest.MonkeyPatch) -> None:
    bundles, now = Bundles(), time.monotonic()
    bundles.keep("user:1", 2, 60)
    assert [bundles.take("user:2"), bundles.take("user:1")] == [False, True]
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert not bundles.take("user:1")


@pytest.mark.parametrize(
    ("allowed", "bundle"), [(3, 1), (60, 2), (100, 2), (300, 10), (601, 1), (10_000, 20)]
)
def test_bundles_go_into_the_allowance_without_a_rest(allowed: int, bundle: int) -> None:
    assert bundle_of(allowed) == bundle


def test_the_packages_own_hooks_which_cost_more_than_all_of_flask_do_not_run(house: Flask) -> None:
    hooks = [*house.before_request_funcs[None], *house.teardown_request_funcs.get(None, [])]
    assert len(house.extensions["limiter"]) == 1
    assert not [hook for hook in hooks if hook.__module__.startswith("flask_limiter")]


def test_the_sign_in_page_asks_no_database_who_is_there(house: Flask) -> None:
    browser = house.test_client().signed_in(person(house, "Hana Whitlock"))
    browser.get("/register")
    with statements.noted() as seen:
        assert browser.get("/register").status_code == 200
    assert seen == []


def test_without_redis_each_process_counts_for_itself(strict: Callable[..., Flask]) -> None:
    house = strict(redis_url=NOBODY_LISTENS)
    stranger = house.test_client()
    assert statuses(lambda: stranger.get("/login"), READS + 1) == [200, 200, 200, 429]
    assert 1 <= int(stranger.get("/login").headers["Retry-After"]) <= 60


def test_a_redis_that_says_nothing_costs_one_page_half_a_second(strict: Callable[..., Flask]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        house = strict(redis_url=f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", reads_a_minute=30)
        with house.app_context():
            house.extensions["gateways"].redis._rest()
        stranger = house.test_client()
        stranger.get("/login")  # templates and database are warm now
        house.extensions["gateways"].redis._rest_until = 0.0
        took = [timed(lambda: stranger.get("/login")) for _ in range(20)]
        assert took[0] < 1
        assert max(took[1:]) < 0.5
        assert statuses(lambda: stranger.get("/login"), 10)[-1] == 429


def timed(ask: Callable[[], TestResponse]) -> float:
    began = time.monotonic()
    assert ask().status_code == 200
    return time.monotonic() - began
