"""What the host and the monitoring ask: alive, ready, and how much."""

from collections.abc import Sequence
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, Metric
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core import messages, metrics
from app.core.database import db
from app.core.errors import NotFound
from app.core.schema import newest_revision, present_revision
from app.core.tokens import same
from app.operations.figures import known_to_the_database
from app.operations.pulse import pulse_of_the_worker
from app.web.access import public
from app.web.parts import gateways, settings

bp = Blueprint("health", __name__)

OLDEST_PROMISE = 300
UNAVAILABLE = 503
CANNOT_WRITE = text("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
LOOPBACK = {"127.0.0.1", "::1"}

log = structlog.get_logger(__name__)


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    return {"status": "alive"}


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    checks = _database() | {"redis": _redis()} | _files()
    failing = {name for name, said in checks.items() if said != "ok"}
    status = "healthy" if not failing else "degraded"
    if failing & {"database", "schema"}:
        status = "unhealthy"
    return jsonify(status=status, checks=checks), UNAVAILABLE if status == "unhealthy" else 200


@bp.get("/metrics")
@public
def figures() -> ResponseReturnValue:
    if not _may_read_figures():
        raise NotFound
    return Response(metrics.exposition(_known_figures()), content_type=CONTENT_TYPE_LATEST)


def _known_figures() -> Sequence[Metric]:
    """What we counted ourselves is worth having even while the database is away."""
    try:
        return known_to_the_database()
    except SQLAlchemyError as error:
        log.error("metrics.database", error=type(error).__name__)
        return []


def _may_read_figures() -> bool:
    """With the token; without one set, from this machine itself, where no proxy hides who asks."""
    token = settings().metrics_token
    if token is None:
        return settings().proxy_hops == 0 and request.remote_addr in LOOPBACK
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return same(offered, token.get_secret_value())


def _database() -> dict[str, Any]:
    try:
        if db.session.scalar(CANNOT_WRITE):
            return {"database": "read-only", "schema": "unknown"}
        present, newest = present_revision(), newest_revision()
        if present != newest:
            return {"database": "ok", "schema": f"at {present or 'nothing'}, needs {newest}"}
        return {"database": "ok", "schema": "ok"} | _outbox() | _worker()
    except SQLAlchemyError as error:
        log.error("health.database", error=type(error).__name__)
        return {"database": "unreachable", "schema": "unknown"}


def _outbox() -> dict[str, Any]:
    _, age, _ = messages.depth_and_age()
    return {"outbox": "ok" if age < OLDEST_PROMISE else f"the oldest promise is {int(age)} s late"}


def _worker() -> dict[str, Any]:
    pulse = pulse_of_the_worker()
    return {"worker": pulse.words.lower() if pulse.is_silent else "ok"}


def _redis() -> str:
    redis = gateways().redis
    if redis.client is None:
        return "not set"
    return "ok" if redis.ask(lambda client: client.ping()) else "unreachable"


def _files() -> dict[str, Any]:
    files = gateways().files
    return {"files": files.state()} if files else {}
