"""Sentry and OpenTelemetry: off unless asked for, refused in a sentence, and never told a secret."""

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app import create_app
from app.config import Settings, SettingsRefused

ROOT = Path(__file__).parent.parent
GIVEN = {
    "APP_ENV": "development",
    "SECRET_KEY": "q7Zr0uW3nB9xKf2LtY8sVd5JgH1mPc6E",
    "DATABASE_URL": "postgresql://docket@127.0.0.1:25998/docket",
}
LINK = "/reset/a-link-that-opens-an-account"
A_BUG = f"""
from app import create_app
app = create_app()
from app.web.access import public
@app.get("/broken")
@public
def broken():
    raise LookupError("no such thing with password=hunter2")
app.test_client().get("/broken", headers={{"X-Correlation-ID": "thread-of-work"}})
app.test_client().get("{LINK}?token=hunter2")
for say in app.extensions["last_words"]:
    say()
"""


class Sink(ThreadingHTTPServer):
    """A server that takes whatever is sent to it, and remembers it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.taken: dict[str, bytes] = {}

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Taker(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.taken[self.path] = self.server.taken.get(self.path, b"") + body
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(**given: str) -> str:
    """What a process of its own says, in which somebody meets a bug."""
    ended = subprocess.run(
        [sys.executable, "-c", A_BUG],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GIVEN, **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def settings(**given: str) -> Settings:
    return Settings(**({name.lower(): value for name, value in GIVEN.items()} | given))


def test_a_bug_reaches_sentry_with_its_thread_of_work_and_without_secrets(sink):
    run(SENTRY_DSN=f"http://key@{sink.address}/1")
    told = sink.taken["/api/1/envelope/"].decode()
    for word in ("LookupError", "no such thing", "thread-of-work", '"development"'):
        assert word in told
    assert "hunter2" not in told


def test_a_request_is_traced_without_the_link_in_its_address(sink):
    run(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{sink.address}")
    told = sink.taken["/v1/traces"]
    assert b"GET /broken" in told
    assert b"docket" in told
    assert b"/reset/" in told
    assert b"opens-an-account" not in told
    assert b"hunter2" not in told


def test_without_a_word_about_it_neither_is_loaded():
    loaded = "import sys; from app import create_app; create_app(); print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", loaded],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GIVEN},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "flask" in said
    assert "sentry_sdk" not in said
    # Where the SDK is installed, redis-py loads it by itself.
    assert "opentelemetry.instrumentation" not in said


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"sentry_dsn": "https://key@sentry.example/1"}, "sentry_sdk"),
        ({"otel_exporter_otlp_endpoint": "https://traces.example"}, "opentelemetry.sdk.trace"),
    ],
)
def test_a_setting_without_its_package_is_refused_in_one_sentence(monkeypatch, given, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SettingsRefused) as refused:
        create_app(settings(**given))
    assert next(iter(given)).upper() in str(refused.value)
    assert "pip install -r requirements-observability.txt" in str(refused.value)


def test_an_address_sentry_cannot_read_is_refused():
    with pytest.raises(SettingsRefused, match="SENTRY_DSN must be an address"):
        create_app(settings(sentry_dsn="sentry.example"))
