"""Every request leaves one log line and its mark in the metrics, under one correlation id."""

import time

import structlog
from flask import Flask, Response, g, request

from app.core import correlation, metrics
from app.web.access import is_api, viewer_if_known

HEADER = "X-Correlation-ID"
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

log = structlog.get_logger("request")


def observe(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_note)


def _begin() -> None:
    g.started = time.perf_counter()
    g.correlation_id = correlation.begin(request.headers.get(HEADER), address=request.remote_addr)


def _note(response: Response) -> Response:
    took = time.perf_counter() - g.get("started", time.perf_counter())
    method = request.method if request.method in METHODS else "other"  # a stranger may send any word
    endpoint = request.endpoint or "nowhere"
    metrics.REQUESTS.labels(method, endpoint, str(response.status_code)).inc()
    metrics.DURATION.labels(method, endpoint).observe(took)
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        milliseconds=round(took * 1000, 1),
        principal=viewer_if_known().principal,
    )
    if is_api():
        response.headers[HEADER] = g.correlation_id
    return response
