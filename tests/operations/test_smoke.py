"""The look from outside: right about a sound installation, and about a broken one."""

import subprocess
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from app.operations import smoke

SMOKE = Path(__file__).parents[2] / "bin" / "smoke"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serving():
    """This application on a port of its own, until the test ends."""
    servers = []

    def serve(wsgi_app) -> str:
        server = make_server("127.0.0.1", 0, wsgi_app, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def looked_at(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(SMOKE), address], capture_output=True, text=True, timeout=60, check=False)


def test_a_sound_installation_passes(own_app, serving):
    ended = looked_at(serving(own_app) + "/")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    assert len(lines) == len(smoke.CHECKS)
    assert all(line.startswith("ok ") for line in lines)


def without(header: str, wsgi_app):
    def stripped(environ, start_response):
        def start(status, headers, *rest):
            return start_response(status, [pair for pair in headers if pair[0] != header], *rest)

        return wsgi_app(environ, start)

    return stripped


@pytest.mark.parametrize(
    ("header", "check"),
    [
        ("Content-Security-Policy", "security headers"),
        ("X-Content-Type-Options", "security headers"),
        ("Cache-Control", "static files"),
    ],
)
def test_a_missing_header_is_noticed(own_app, serving, header, check):
    ended = looked_at(serving(without(header, own_app)))
    assert ended.returncode == 1
    wrong = [line for line in ended.stdout.splitlines() if line.startswith("WRONG")]
    assert [line.split("  ")[1].split(":")[0] for line in wrong] == [check]


def test_something_else_at_that_address_is_noticed(serving):
    def something_else(_, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<h1>It works!</h1>"]

    ended = looked_at(serving(something_else))
    assert ended.returncode == 1
    assert ended.stdout.count("WRONG") == len(smoke.CHECKS)
    assert "Traceback" not in ended.stderr


def test_where_nobody_answers_it_is_said_once():
    ended = looked_at("http://127.0.0.1:25995")
    assert ended.returncode == 1
    assert len(ended.stdout.splitlines()) == 1
    assert "Connection refused" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_without_an_address_it_says_how():
    assert looked_at("orders.example.com").returncode == 2
