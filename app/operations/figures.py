"""What PostgreSQL knows of the work, whichever process of whichever machine did it, in Prometheus' words."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily

from app.core import messages
from app.core.tallies import tallies
from app.operations.pulse import pulse_of_the_worker
from app.orders.queries.figures import under_way


def known_to_the_database() -> list[Metric]:
    return [*_outbox(), *_jobs(), *_worker(), *_orders()]


def _outbox() -> Iterator[Metric]:
    depth, age, dead = messages.depth_and_age()
    yield GaugeMetricFamily("outbox_depth", "Promises not yet kept", depth)
    yield GaugeMetricFamily("outbox_oldest_due_seconds", "Age of the oldest promise that is due", age)
    yield GaugeMetricFamily("outbox_dead", "Promises given up", dead)


def _jobs() -> Iterator[Metric]:
    names = ["topic", "outcome"]
    total = CounterMetricFamily("jobs", "Promises worked on: sent, done, failed, dead or away", labels=names)
    took = SummaryMetricFamily("job_duration_seconds", "Time to keep a promise, or to fail", labels=names)
    for topic, outcome, times, seconds in tallies():
        total.add_metric([topic, outcome], times)
        took.add_metric([topic, outcome], count_value=times, sum_value=seconds)
    yield total
    yield took


def _worker() -> Iterator[Metric]:
    seconds = pulse_of_the_worker().seconds
    if seconds is not None:
        yield GaugeMetricFamily("worker_last_seen_seconds", "Since a worker last said that it lives", seconds)


def _orders() -> Iterator[Metric]:
    known = under_way()
    yield GaugeMetricFamily("orders_in_progress", "Placed, and neither delivered nor cancelled", known.orders)
    oldest = GaugeMetricFamily(
        "orders_oldest_seconds", "Age of the oldest order of a stage, since it was placed", labels=["stage"]
    )
    for stage, seconds in known.oldest.items():
        oldest.add_metric([stage], seconds)
    yield oldest
