"""What the host and the monitoring are told."""

import re
import socket
import time

import pytest
from sqlalchemy import text

from app import create_app
from app.config import Environment
from app.core import schedules
from app.core.database import db
from app.core.metrics import DURATION
from app.core.resilience import redis_client
from app.core.schema import newest_revision
from app.core.transaction import in_one_transaction
from tests.conftest import settings_for_tests

NOBODY_LISTENS = 25998


def other_app(running_servers, **given):
    return create_app(settings_for_tests(running_servers, **given)).test_client()


@pytest.fixture
def at_work(app):
    """A worker that said just now that it lives."""
    with app.app_context():
        in_one_transaction(lambda: schedules.beat("relay"))


def test_alive_means_that_the_process_answers(visitor):
    assert visitor.get("/health/live").get_json() == {"status": "alive"}


def test_healthy_when_everything_answers(visitor, at_work):
    answer = visitor.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "healthy",
        "checks": {"database": "ok", "schema": "ok", "outbox": "ok", "worker": "ok", "redis": "ok"},
    }


def test_without_its_database_it_is_unhealthy_and_says_so_quickly(running_servers):
    dead = other_app(
        running_servers, database_url=f"postgresql+psycopg://docket@127.0.0.1:{NOBODY_LISTENS}/docket"
    )
    began = time.monotonic()
    answer = dead.get("/health/ready")
    assert time.monotonic() - began < 3
    assert answer.status_code == 503
    assert answer.get_json()["status"] == "unhealthy"
    assert answer.get_json()["checks"]["database"] == "unreachable"


@pytest.mark.slow
def test_a_database_that_accepts_and_never_answers_is_given_up_in_time(running_servers):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        hung = other_app(running_servers, database_url=f"postgresql+psycopg://docket@127.0.0.1:{port}/docket")
        began = time.monotonic()
        assert hung.get("/health/ready").status_code == 503
        assert time.monotonic() - began < 5


def test_without_redis_it_is_degraded_and_goes_on(running_servers):
    lame = other_app(running_servers, redis_url=f"redis://127.0.0.1:{NOBODY_LISTENS}/0")
    answer = lame.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert answer.get_json()["checks"]["redis"] == "unreachable"


def test_redis_is_asked_again_when_it_is_back(app, visitor, at_work):
    redis = app.extensions["gateways"].redis
    real, redis.client = redis.client, redis_client(f"redis://127.0.0.1:{NOBODY_LISTENS}/0")
    assert visitor.get("/health/ready").get_json()["status"] == "degraded"
    redis.client, redis._rest_until = real, 0.0
    assert visitor.get("/health/ready").get_json()["status"] == "healthy"


@pytest.mark.parametrize(
    "revision", ["UPDATE alembic_version SET version_num = '0000'", "DELETE FROM alembic_version"]
)
def test_a_schema_that_is_behind_is_unhealthy(app, visitor, revision):
    with app.app_context():
        db.session.execute(text(revision))
        db.session.commit()
    answer = visitor.get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["schema"].endswith(f"needs {newest_revision()}")


def test_promises_that_nobody_keeps_are_degraded(app, visitor):
    with app.app_context():
        db.session.execute(
            text(
                "INSERT INTO outbox_message (topic, payload, not_before) VALUES ('a.b', '{}', now() - interval '1 h')"
            )
        )
        db.session.commit()
    answer = visitor.get("/health/ready")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    assert "late" in answer.get_json()["checks"]["outbox"]


@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize(
    ("silence", "status", "words"),
    [
        ("30 s", "healthy", "ok"),
        ("61 s", "degraded", "no worker seen for 1 minute"),
        ("5 min", "degraded", "no worker seen for 5 minutes"),
        ("50 h", "degraded", "no worker seen for 2 days"),
    ],
)
def test_a_worker_that_is_silent_is_degraded_and_never_unhealthy(app, visitor, silence, status, words):
    with app.app_context():
        db.session.execute(text("UPDATE pulse SET at = at - CAST(:s AS interval)"), {"s": silence})
        db.session.commit()
    answer = visitor.get("/health/ready")
    assert answer.status_code == 200
    assert (answer.get_json()["status"], answer.get_json()["checks"]["worker"]) == (status, words)


def test_no_worker_yet_is_degraded(visitor):
    said = visitor.get("/health/ready").get_json()
    assert (said["status"], said["checks"]["worker"]) == ("degraded", "no worker seen yet")


def test_a_full_or_missing_folder_for_files_is_degraded(running_servers, tmp_path):
    (tmp_path / "file").write_text("in the way")
    fine = other_app(running_servers, files_dir=tmp_path / "files").get("/health/ready").get_json()
    lost = other_app(running_servers, files_dir=tmp_path / "file" / "files").get("/health/ready").get_json()
    assert fine["checks"]["files"] == "ok"
    assert (lost["status"], lost["checks"]["files"]) == ("degraded", "unreachable")


def test_the_figures_name_what_the_monitoring_was_promised(visitor):
    visitor.get("/login")
    said = visitor.get("/metrics").get_data(as_text=True)
    assert 'http_requests_total{endpoint="accounts.login",method="GET",status="200"}' in said
    assert 'http_request_duration_seconds_bucket{endpoint="accounts.login",le="0.005",method="GET"}' in said
    for name in ("outbox_depth", "outbox_oldest_due_seconds", "outbox_dead", "jobs_total", "sign_ins_total"):
        assert f"# TYPE {name}" in said
    assert DURATION._upper_bounds[0] == 0.005
    assert DURATION._upper_bounds[-2] == 5


def test_the_figures_say_how_long_the_worker_was_silent(visitor, at_work):
    said = visitor.get("/metrics").get_data(as_text=True)
    assert re.search(r"^worker_last_seen_seconds [01]\.", said, re.MULTILINE)


def test_words_a_stranger_makes_up_are_not_counted_one_by_one(visitor):
    visitor.open("/login", method="BREW")
    said = visitor.get("/metrics").get_data(as_text=True)
    assert 'method="other"' in said
    assert "BREW" not in said


def test_figures_are_for_this_machine_or_for_the_token(running_servers):
    open_house = other_app(running_servers)
    guarded = other_app(running_servers, metrics_token="a-token-for-the-monitoring")
    bearer = {"Authorization": "Bearer a-token-for-the-monitoring"}
    assert open_house.get("/metrics").status_code == 200
    assert open_house.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 404
    assert guarded.get("/metrics").status_code == 404
    assert guarded.get("/metrics", headers={"Authorization": "Bearer guessed"}).status_code == 404
    assert (
        guarded.get("/metrics", headers=bearer, environ_base={"REMOTE_ADDR": "10.0.0.7"}).status_code == 200
    )


def test_behind_a_proxy_the_loopback_address_opens_nothing(running_servers):
    behind = other_app(running_servers, proxy_hops=1)
    assert behind.get("/metrics").status_code == 404
    assert behind.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_figures_are_given_while_the_database_is_away(running_servers):
    dead = other_app(
        running_servers, database_url=f"postgresql+psycopg://docket@127.0.0.1:{NOBODY_LISTENS}/docket"
    )
    assert dead.get("/metrics").status_code == 200


@pytest.fixture
def live(running_servers, tmp_path):
    """An installation behind one proxy, as on a host."""
    return other_app(
        running_servers,
        app_env=Environment.PRODUCTION,
        base_url="https://orders.millrace.example",
        proxy_hops=1,
        files_dir=tmp_path,
    )


HTTPS = {"X-Forwarded-Proto": "https", "Host": "orders.millrace.example"}
HTTP = {"X-Forwarded-Proto": "http", "Host": "orders.millrace.example"}


def test_pages_move_to_https_and_stay_there(live):
    answer = live.get("/login?next=/account", headers=HTTP)
    assert answer.status_code == 301
    assert answer.location == "https://orders.millrace.example/login?next=/account"
    assert (
        live.get("/login", headers=HTTPS).headers["Strict-Transport-Security"].startswith("max-age=31536000")
    )


def test_the_way_to_https_never_leads_to_somebody_elses_host(live):
    for path in ("//evil.example/x", "/login"):
        answer = live.get(path, headers=HTTP | {"Host": "evil.example"})
        assert answer.location.startswith("https://orders.millrace.example/")


def test_what_was_sent_in_the_clear_is_refused_and_not_repeated(live):
    assert live.post("/login", data={"password": "x"}, headers=HTTP).status_code == 403
    answer = live.get("/api/v1/me", headers=HTTP)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (403, "https_only")


def test_health_is_answered_over_http_and_under_any_name(live):
    assert live.get("/health/ready", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert live.get("/health/live", headers=HTTP).status_code == 200


def test_other_names_are_not_answered_in_production(live):
    assert live.get("/login", headers=HTTPS | {"Host": "evil.example"}).status_code == 400
    assert live.get("/login", headers=HTTPS).status_code == 200
