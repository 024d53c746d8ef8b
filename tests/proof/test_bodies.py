"""Callers who begin to send and stop, send nonsense, or leave: a real gunicorn, and threads for the others."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import URL

from app.local.embedded import Servers
from app.web.porter import MOST_HELD
from tests.conftest import copied
from tests.proof.callers import Caller, ask, assert_others_are_served, get, many, post
from tests.proof.site import Web, settings, web
from tests.proof.tree import eventually

pytestmark = [pytest.mark.proof, pytest.mark.alone]

LARGEST = 200_000
PATIENCE, TOO_LONG = 3.0, 15.0
FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Content-Type: application/json"


def chunked(path: str, *chunks: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + b"".join(chunks)


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


SILENT = b""
HALF_A_HEAD = b"GET /login HTTP/1.1\r\nHost: loc"
HALF_A_BODY = post("/login", b"email=", FORM, length=100)
LONG = post("/login", b"email=", FORM, length=MOST_HELD + 1)
IN_CHUNKS = chunked("/login", chunk(b"email="))
ASKING_FIRST = post("/login", b"", FORM, "Expect: 100-continue", length=50)
FOR_NOBODY = get("/health/live", f"Content-Length: {MOST_HELD + 1}")


@pytest.fixture(scope="module")
def site(running_servers: Servers, template: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with copied(template, "half_sent") as database_url:
        environment = settings(
            database_url,
            running_servers.redis_url,
            LARGEST_BODY=LARGEST,
            WEB_THREADS=6,
            PATIENCE=PATIENCE,
        )
        log = tmp_path_factory.mktemp("half_sent") / "web.log"
        with web(environment, log, target="tests.proof.impatient_house:app") as found:
            yield found


@pytest.fixture
def port(site: Web) -> int:
    found = int(site.url.rpartition(":")[2])
    assert ask(found, "/login").status == 200
    return found


@pytest.mark.parametrize(
    "said",
    [LONG, IN_CHUNKS, ASKING_FIRST, FOR_NOBODY],
    ids=["long", "in chunks", "asking first", "for nobody"],
)
def test_fourteen_half_sent_requests_leave_threads_for_the_others(port: int, said: bytes) -> None:
    with many(port, 14, said):
        assert_others_are_served(port)


def test_whoever_does_not_send_it_all_in_time_is_told_so(port: int) -> None:
    callers = [Caller(port).say(said) for said in (LONG, IN_CHUNKS, chunked("/api/v1/echo", b"5\r\nhel"))]
    dripping = threading.Thread(target=_drip, args=[callers[0]])
    dripping.start()
    pages = [caller.hear_all() for caller in callers]
    dripping.join()
    for answer in pages:
        assert answer.status == 408
        assert PATIENCE - 0.5 < answer.seconds < TOO_LONG
    assert "did not arrive in time" in pages[0].body.decode()
    assert json.loads(pages[2].body)["errors"][0]["code"] == "request_timeout"


def test_whoever_does_not_even_finish_the_head_is_shown_out(port: int) -> None:
    callers = [Caller(port).say(said) for said in (SILENT, HALF_A_HEAD, HALF_A_BODY)]
    dripping = threading.Thread(target=_drip, args=[callers[1]])
    dripping.start()
    for caller in callers:
        answer = caller.hear_all()
        assert answer.raw == b""
        assert PATIENCE - 0.5 < answer.seconds < TOO_LONG
    dripping.join()


def test_whoever_may_send_a_file_may_take_longer(port: int) -> None:
    body = b"x" * 100_000
    caller = Caller(port).say(post("/api/v1/upload", b"", "Content-Type: text/csv", length=len(body)))
    for part in range(0, len(body), 20_000):
        time.sleep(PATIENCE / 4)
        caller.say(body[part : part + 20_000])
    assert time.monotonic() - caller.began > PATIENCE
    assert b" 200 " in caller.hear(b"100000 bytes")
    caller.leave()


def _drip(caller: Caller) -> None:
    """A letter now and then does not buy more time."""
    with suppress(OSError):
        while True:
            caller.say(b"x")
            time.sleep(0.2)


@pytest.mark.parametrize("path", ["/login", "/api/v1/echo"])
@pytest.mark.parametrize(
    "nonsense", [b"zz\r\nhello\r\n0\r\n\r\n", b"5\r\nhello, longer than said\r\n0\r\n\r\n"]
)
def test_nonsense_is_answered_as_nonsense_and_is_no_bug(
    port: int, site: Web, path: str, nonsense: bytes
) -> None:
    answer = Caller(port).say(chunked(path, nonsense)).hear_all()
    assert answer.status == 400
    assert "could not read that request" in answer.body.decode()
    assert "request.failed" not in site.log.read_text()


@pytest.mark.parametrize("said", [LONG, chunked("/api/v1/echo", b"ff\r\nhel")])
def test_whoever_leaves_while_sending_is_no_bug(port: int, site: Web, said: bytes) -> None:
    before = answered_with_400(site.log)
    Caller(port).say(said).leave()
    eventually(lambda: answered_with_400(site.log) == before + 1)
    assert "request.failed" not in site.log.read_text()


def answered_with_400(log: Path) -> int:
    return log.read_text().count('"status": 400')


@pytest.mark.parametrize(
    "said",
    [
        post("/login", b"email=", FORM, length=LARGEST + 1),
        post("/api/v1/auth/login", b"{", JSON, length=LARGEST + 1),
        chunked("/login", chunk(b"x" * (LARGEST + 1)), b"0\r\n\r\n"),
    ],
)
def test_too_much_is_refused_at_once_and_nobody_waits_for_the_rest(port: int, said: bytes) -> None:
    caller = Caller(port).say(said)
    assert caller.hear(b"\r\n\r\n").startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - caller.began < PATIENCE - 1


def test_a_body_in_chunks_comes_through_whole(port: int) -> None:
    parts = [b"x" * 50_000, b"y" * 50_000, b"the end"]
    caller = Caller(port).say(chunked("/api/v1/echo", *map(chunk, parts), b"0\r\n\r\n"))
    assert caller.hear(b"the end").endswith(b"".join(parts))
    caller.say(get("/health/live"))
    assert caller.hear(b"alive").startswith(b"HTTP/1.1 200 ")
    caller.leave()
