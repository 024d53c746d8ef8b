"""Faults on order: what goes wrong next, how often, and at what."""

import threading
from dataclasses import dataclass, field
from random import Random
from typing import Any

BEFORE = ("slow", "500", "hang", "429")
AFTER = ("drop",)  # the work is done, and the line goes dead before anybody says so
TELLING = ("duplicate", "disorder", "forged", "silent")
KINDS = (*BEFORE, *AFTER, *TELLING)
LONGEST = 60.0


@dataclass
class Fault:
    """So many times, or by chance; at one operation, or at any."""

    kind: str
    on: str = ""
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    seconds: float = 1.0
    dice: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        self.dice = Random(self.seed)  # noqa: S311 - the same faults again, for who tells the same seed
        self.seconds = min(float(self.seconds), LONGEST)

    def strikes(self, on: str) -> bool:
        if self.count == 0 or self.on not in ("", on) or self.dice.random() >= self.probability:
            return False
        if self.count is not None:
            self.count -= 1
        return True


class Faults:
    """Those that were ordered and are not used up."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ordered: list[Fault] = []
        self.cleared = threading.Event()

    def order(self, **given: Any) -> Fault:
        fault = Fault(**given)
        with self.lock:
            self.ordered.append(fault)
        return fault

    def clear(self) -> None:
        """Whoever waits in one waits no longer."""
        with self.lock:
            self.ordered.clear()
            self.cleared.set()
            self.cleared = threading.Event()

    def struck(self, kind: str, on: str = "") -> Fault | None:
        with self.lock:
            return next((fault for fault in self.ordered if fault.kind == kind and fault.strikes(on)), None)
