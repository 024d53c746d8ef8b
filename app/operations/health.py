"""What the host and the monitoring ask: alive, ready, and how much."""

from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.core import messages, metrics
from app.core.database import db
from app.core.errors import NotFound
from app.core.schema import newest_revision, present_revision
from app.core.tokens import same
from app.gateways import Gateways
from app.web.access import public
from app.web.limits import limiter

bp = Blueprint("health", __name__)
limiter.exempt(bp)

OLDEST_PROMISE = 300
UNAVAILABLE = 503
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
    _look_at_the_outbox()
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _look_at_the_outbox() -> None:
    """What we counted ourselves is worth having even while the database is away."""
    try:
        depth, age, dead = messages.depth_and_age()
    except SQLAlchemyError as error:
        log.error("metrics.database", error=type(error).__name__)
        return
    metrics.OUTBOX_DEPTH.set(depth)
    metrics.OUTBOX_AGE.set(age)
    metrics.OUTBOX_DEAD.set(dead)


def _may_read_figures() -> bool:
    """With the token; without one set, from this machine itself, where no proxy hides who asks."""
    settings: Settings = current_app.extensions["settings"]
    if settings.metrics_token is None:
        return settings.proxy_hops == 0 and request.remote_addr in LOOPBACK
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return same(offered, settings.metrics_token.get_secret_value())


def _database() -> dict[str, Any]:
    try:
        db.session.execute(text("SELECT 1"))
        present, newest = present_revision(), newest_revision()
        if present != newest:
            return {"database": "ok", "schema": f"at {present or 'nothing'}, needs {newest}"}
        return {"database": "ok", "schema": "ok"} | _outbox()
    except SQLAlchemyError as error:
        log.error("health.database", error=type(error).__name__)
        return {"database": "unreachable", "schema": "unknown"}


def _outbox() -> dict[str, Any]:
    _, age, _ = messages.depth_and_age()
    return {"outbox": "ok" if age < OLDEST_PROMISE else f"the oldest promise is {int(age)} s late"}


def _redis() -> str:
    gateways: Gateways = current_app.extensions["gateways"]
    if gateways.redis.client is None:
        return "not set"
    return "ok" if gateways.redis.ask(lambda client: client.ping()) else "unreachable"


def _files() -> dict[str, Any]:
    gateways: Gateways = current_app.extensions["gateways"]
    return {"files": gateways.files.state()} if gateways.files else {}
