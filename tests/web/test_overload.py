"""The refusal that a full house hands out: drawn by the application, complete, and nobody's in particular."""

import json

import pytest
from flask import Flask

from app.config import Environment
from app.factory import create_app
from app.local.embedded import Servers
from app.web.overload import refusal_to_hand_out
from tests.conftest import settings_for_tests


def told(app: Flask, door: str) -> tuple[str, dict[str, str], str]:
    head, _, body = refusal_to_hand_out(app, door).decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize("door", ["/", "/api/"])
def test_it_has_all_that_an_answer_needs(app: Flask, door: str) -> None:
    first, headers, body = told(app, door)
    assert first == "HTTP/1.1 503 SERVICE UNAVAILABLE"
    assert int(headers["Retry-After"]) > 0
    assert int(headers["Content-Length"]) == len(body.encode())
    assert headers["Connection"] == "close"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert {"X-Correlation-ID", "Set-Cookie", "Content-Encoding"}.isdisjoint(headers)


def test_people_get_a_page_and_programs_the_envelope(app: Flask) -> None:
    assert "We are very busy. Try again in a moment." in told(app, "/")[2]
    assert json.loads(told(app, "/api/")[2])["errors"][0]["code"] == "busy"


def test_it_is_drawn_without_the_database(running_servers: Servers) -> None:
    nowhere = "postgresql+psycopg://docket@127.0.0.1:25996/docket"
    app = create_app(settings_for_tests(running_servers, database_url=nowhere))
    assert told(app, "/")[0].endswith("503 SERVICE UNAVAILABLE")
    assert "We are very busy." in told(app, "/")[2]


def test_in_production_it_is_no_way_to_https(running_servers: Servers, tmp_path: object) -> None:
    app = create_app(
        settings_for_tests(
            running_servers,
            app_env=Environment.PRODUCTION,
            base_url="https://orders.millrace.example",
            proxy_hops=1,
            files_dir=tmp_path,
        )
    )
    first, headers, _ = told(app, "/")
    assert first.startswith("HTTP/1.1 503 ")
    assert headers["Strict-Transport-Security"]
