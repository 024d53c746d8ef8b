"""Whether somebody keeps the promises at this moment, in words for people and for the monitoring."""

from dataclasses import dataclass

from app.core import schedules

SILENT_AFTER = 60  # seconds; the relay says that it lives every five
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class Pulse:
    """How many seconds ago the worker said that it lives; None when it never did."""

    seconds: float | None

    @property
    def is_silent(self) -> bool:
        return self.seconds is None or self.seconds > SILENT_AFTER

    @property
    def words(self) -> str:
        if self.seconds is None:
            return "No worker seen yet"
        if self.is_silent:
            return f"No worker seen for {_lasting(self.seconds)}"
        return f"Working, last seen {self.seconds:.0f} s ago"


def pulse_of_the_worker() -> Pulse:
    return Pulse(schedules.seconds_since_beat("relay"))


def _lasting(seconds: float) -> str:
    """5 minutes, 1 hour: the largest whole unit is enough."""
    size, unit = next((size, unit) for size, unit in UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
