"""More callers than we can serve, and callers who never finish: a real gunicorn with two processes."""

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from app.local.embedded import Servers
from app.web import porter
from tests.conftest import copied
from tests.proof.callers import Answer, Caller, all_at_once, ask, assert_others_are_served, get, many, post
from tests.proof.site import Web, settings, web
from tests.proof.tree import eventually

pytestmark = [pytest.mark.proof, pytest.mark.alone]

PROCESSES, THREADS = 2, 4
FORM = "Content-Type: application/x-www-form-urlencoded"
MUCH = porter.MOST_HELD * 2
A_TURN = 0.25  # seconds that a thread is busy with one of very many
SILENT = b""
HALF_A_HEAD = b"GET /login HTTP/1.1\r\nHost: loc"
HALF_A_BODY = post("/login", b"email=", FORM, length=100)


@pytest.fixture(scope="module")
def site(running_servers: Servers, template: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with copied(template, "crowded") as database_url:
        environment = settings(
            database_url,
            running_servers.redis_url,
            READS_A_MINUTE=100_000,
            WEB_CONCURRENCY=PROCESSES,
            WEB_THREADS=THREADS,
        )
        log = tmp_path_factory.mktemp("crowded") / "web.log"
        with web(environment, log, target="tests.proof.slow_house:app") as found:
            yield found


@pytest.fixture
def port(site: Web) -> int:
    """Both processes have answered, so that nothing is loaded for the first time."""
    found = int(site.url.rpartition(":")[2])
    eventually(lambda: all(answer.status == 200 for answer in all_at_once(found, ["/login"] * 8)))
    return found


@pytest.mark.parametrize("said", [SILENT, HALF_A_HEAD, HALF_A_BODY])
def test_two_hundred_who_never_finish_cost_the_others_nothing(port: int, said: bytes) -> None:
    with many(port, 200, said):
        assert_others_are_served(port)


def test_a_full_house_says_so_at_once(port: int) -> None:
    lives: list[Answer] = []
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=[port, lives, over])
    watching.start()
    answers = all_at_once(port, [f"/slow/{A_TURN}", f"/api/v1/slow/{A_TURN}"] * 100)
    over.set()
    watching.join()
    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status == 503]
    room = PROCESSES * (THREADS + porter.LONGEST_QUEUE)
    all_had_come = max(answer.began + answer.seconds for answer in refused)
    turns = (all_had_come - min(answer.began for answer in answers)) / A_TURN + 1
    assert len(served) + len(refused) == 200
    assert len(served) <= room + PROCESSES * THREADS * turns, "some places were free again while they came"
    assert len(served) >= room / 2
    assert min(answer.seconds for answer in refused) < porter.TO_WAIT / 2
    assert max(answer.seconds for answer in answers) < porter.TO_WAIT + 3
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert {answer.status for answer in lives} == {200}
    assert max(answer.seconds for answer in lives) < porter.TO_WAIT / 2
    assert_others_are_served(port)


def _watch(port: int, lives: list[Answer], over: threading.Event) -> None:
    while not over.wait(0.1):
        lives.append(ask(port, "/health/live"))


def test_a_full_house_answers_pages_with_a_page_and_programs_with_the_envelope(port: int, site: Web) -> None:
    before = refusals_counted(port)
    answers = all_at_once(port, ["/slow/0.3", "/api/v1/slow/0.3"] * 100)
    refused = [answer for answer in answers if answer.status == 503]
    pages = [answer for answer in refused if answer.headers["Content-Type"].startswith("text/html")]
    programs = [answer for answer in refused if answer not in pages]
    assert pages
    assert programs
    for answer in refused:
        assert answer.headers["Connection"] == "close"
        assert answer.headers["Content-Security-Policy"]
        assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert "We are very busy." in pages[0].body.decode()
    told = json.loads(programs[0].body)
    assert (told["success"], told["errors"][0]["code"]) == (False, "busy")
    assert "X-Correlation-ID" not in programs[0].headers
    eventually(lambda: refusals_counted(port) >= before + len(refused))
    assert '"message": "web.full"' in site.log.read_text()


def refusals_counted(port: int) -> float:
    found = re.search(
        r'http_requests_total\{endpoint="nowhere",method="other",status="503"\} (\S+)',
        ask(port, "/metrics").body.decode(),
    )
    return float(found[1]) if found else 0.0


def test_whoever_would_wait_too_long_is_told_so(port: int) -> None:
    stuck = porter.TO_WAIT + 5
    answers = all_at_once(port, [f"/slow/{stuck}"] * 30)
    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status == 503]
    assert (len(served), len(refused)) == (PROCESSES * THREADS, 30 - PROCESSES * THREADS)
    assert all(porter.TO_WAIT - 1 < answer.seconds < stuck for answer in refused)


def test_whoever_does_not_hang_up_holds_nobody_up(port: int) -> None:
    began = time.monotonic()
    callers = [Caller(port).say(get("/login", "Connection: close")) for _ in range(20)]
    for caller in callers:
        assert caller.hear_all().status == 200
    assert_others_are_served(port)
    assert time.monotonic() - began < 5
    for caller in callers:
        caller.leave()


def test_requests_are_understood_in_whatever_pieces_they_come(port: int) -> None:
    body = b'{"items": []}'
    for pieces in (
        [post("/api/v1/echo", body)],
        [bytes([byte]) for byte in post("/api/v1/echo", body)],
        [post("/api/v1/echo", b"", length=len(body)), body],
        [
            b"POST /api/v1/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"d\r\n" + body + b"\r\n0\r\n\r\n",
        ],
    ):
        caller = Caller(port).say(*pieces)
        assert caller.hear(body).startswith(b"HTTP/1.1 200 ")
        caller.leave()


def test_a_long_request_comes_through_whole(port: int) -> None:
    body = b"x" * MUCH + b"the end"
    caller = Caller(port).say(post("/api/v1/echo", body))
    assert caller.hear(b"the end").endswith(body)
    caller.leave()


def test_one_connection_carries_many_requests_and_even_two_at_once(port: int) -> None:
    caller = Caller(port)
    for _ in range(3):
        assert caller.say(get("/health/live")).hear(b'alive"}\n').startswith(b"HTTP/1.1 200 ")
    caller.say(get("/health/live") + get("/login", "Connection: close"))
    heard = caller.hear_all().raw
    assert heard.count(b"HTTP/1.1 200 OK") == 2


def test_whoever_asks_first_whether_to_send_is_answered(port: int) -> None:
    caller = Caller(port).say(post("/api/v1/echo", b"", "Expect: 100-continue", length=5))
    assert b"100 Continue" in caller.hear(b"\r\n\r\n")
    assert caller.say(b"hello").hear(b"hello")
    caller.leave()


def test_whoever_leaves_early_is_forgotten(port: int) -> None:
    for said in (SILENT, HALF_A_HEAD, HALF_A_BODY, get("/slow/0.1")):
        for _ in range(20):
            Caller(port).say(said).leave()
    assert_others_are_served(port)


def test_silent_callers_do_not_hold_up_the_end(tmp_path: Path, site: Web, running_servers: Servers) -> None:
    """Last: it takes a second installation of its own down."""
    nowhere = "postgresql://docket@127.0.0.1:25999/docket"
    environment = settings(nowhere, running_servers.redis_url, PATIENCE=60)
    other = Web(environment, tmp_path / "web.log", target="tests.proof.impatient_house:app")
    port = int(other.url.rpartition(":")[2])
    with many(port, 20, HALF_A_HEAD):
        under_way = Caller(port).say(get("/slow/1.0"))
        eventually(lambda: ask(port, "/health/live").status == 200)
        began = time.monotonic()
        other.stop()
        assert time.monotonic() - began < 20, "gunicorn gives up after 25 s, and they would have 60"
        assert b"served" in under_way.hear_all().raw
