"""What we count for Prometheus; several processes add up through its multiprocess folder."""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

REQUESTS = Counter("http_requests_total", "Answered requests", ["method", "endpoint", "status"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time to answer",
    ["method", "endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SIGN_INS = Counter("sign_ins_total", "Attempts to sign in", ["outcome"])
JOBS = Counter("jobs_total", "Promises worked on", ["topic", "outcome"])
JOB_DURATION = Histogram("job_duration_seconds", "Time to keep a promise", ["topic"])
OUTBOX_DEPTH = Gauge("outbox_depth", "Promises not yet kept", multiprocess_mode="mostrecent")
OUTBOX_AGE = Gauge(
    "outbox_oldest_due_seconds", "Age of the oldest promise that is due", multiprocess_mode="mostrecent"
)
OUTBOX_DEAD = Gauge("outbox_dead", "Promises given up", multiprocess_mode="mostrecent")


def count_as(name: str) -> None:
    """Processes that follow each other share one set of files, not one for each of thousands of forks."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        values.ValueClass = values.MultiProcessValue(lambda: name)  # type: ignore[no-untyped-call]  # as below


def exposition() -> bytes:
    """All processes' figures in Prometheus' text format."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the package leaves it untyped
    return generate_latest(registry)
