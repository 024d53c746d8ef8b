"""So many days after the due day a customer is reminded: typed as 7, 14, 30."""

from collections.abc import Iterable
from datetime import date, timedelta

LONGEST, MOST = 365, 6


def steps_of(typed: str) -> tuple[int, ...]:
    """Each once, the nearest first; none where nobody is reminded. ValueError where it is something else."""
    words = [word.strip() for word in typed.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError(f"No days: {typed}")
    steps = tuple(sorted({int(word[:4]) for word in words}))
    if len(steps) > MOST or any(not 1 <= step <= LONGEST for step in steps):
        raise ValueError(f"No days: {typed}")
    return steps


def tidied(typed: str) -> str:
    return ", ".join(str(step) for step in steps_of(typed))


def due_on_one_of(steps: Iterable[int], on: date) -> list[date]:
    """The due days of what reaches a step on this day."""
    return [on - timedelta(days=step) for step in steps]
