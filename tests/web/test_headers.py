"""One policy on every answer: pages, errors, redirects, static files, JSON."""

import pytest
from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.web.headers import HEADERS, SecurityHeaders
from tests.visitor import Visitor

EVERYWHERE = {name for name, _ in HEADERS}


def plain_paths(app: Flask) -> list[str]:
    return sorted({rule.rule for rule in app.url_map.iter_rules() if not rule.arguments})


def test_every_answer_carries_the_policy(app: Flask, visitor: Visitor, as_user: type, owner: User) -> None:
    some_file = app.jinja_env.globals["asset"]("docket.css")
    paths = [*plain_paths(app), some_file, "/static/nothing.css", "/nowhere", "/login/"]
    for who in (visitor, as_user(owner)):
        missing = {
            path: sorted(EVERYWHERE - set(answer.headers.keys()))
            for path in paths
            for answer in [who.get(path)]
            if not set(answer.headers.keys()) >= EVERYWHERE
        }
        assert missing == {}


def test_the_policy_allows_no_inline_code_and_no_frames(visitor: Visitor) -> None:
    policy = visitor.get("/login").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_form_may_lead_on_to_the_pages_of_the_card_gateway_and_nowhere_else() -> None:
    def policy(**given: str) -> str:
        client = Client(SecurityHeaders(Response(), https=True, **given))
        return client.get("/").headers["Content-Security-Policy"]

    assert "; form-action 'self'; " in policy()
    assert "; form-action 'self' https://checkout.stripe.com; " in policy(
        card_pages="https://checkout.stripe.com"
    )


def test_pages_of_a_signed_in_person_are_kept_nowhere(app: Flask, as_user: type, owner: User) -> None:
    here = as_user(owner)
    for path in ("/desk", "/account", "/account/devices"):
        assert here.get(path).headers["Cache-Control"] == "no-store"


def test_errors_carry_it_too(visitor: Visitor) -> None:
    for answer, status in (
        (visitor.get("/nowhere"), 404),
        (visitor.get("/logout"), 405),
        (visitor.post("/login", data=b"x" * 1_100_000), 413),
        (visitor.post("/login"), 403),
    ):
        assert answer.status_code == status
        assert set(answer.headers.keys()) >= EVERYWHERE
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_pages_over_a_kilobyte_travel_compressed_when_the_browser_can(visitor: Visitor, path: str) -> None:
    packed = visitor.get(path, headers={"Accept-Encoding": "gzip, br"})
    plain = visitor.get(path)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
