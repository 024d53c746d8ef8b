"""What we count for Prometheus: each web process for itself, added up through its multiprocess folder."""

import os
from collections.abc import Sequence

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    generate_latest,
    multiprocess,
    values,
)
from prometheus_client.registry import Collector

REQUESTS = Counter("http_requests_total", "Answered requests", ["method", "endpoint", "status"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time to answer",
    ["method", "endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
ORDERS_CREATED = Counter("orders_created_total", "Orders placed, by their status then", ["status"])
SIGN_INS = Counter("sign_ins_total", "Attempts to sign in", ["outcome"])


def count_as(name: str) -> None:
    """Processes that follow each other share one set of files, not one for each of thousands."""
    values.ValueClass = values.MultiProcessValue(lambda: name)  # type: ignore[no-untyped-call]  # as below


class _Known(Collector):
    """Figures that were looked up for this one answer."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self.families = families

    def collect(self) -> Sequence[Metric]:
        return self.families


def exposition(known: Sequence[Metric]) -> bytes:
    """What all processes counted, then what is known besides, in Prometheus' text format."""
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # the package leaves it untyped
    return generate_latest(counted) + generate_latest(_Known(known))
