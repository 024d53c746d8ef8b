"""The book proves itself: what must always be true, and the rows that say otherwise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Finding(NamedTuple):
    """A row that breaks an invariant, and how."""

    row: str
    what: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that is always true. `findings` names the rows for which it is not."""

    name: str
    question: str
    findings: Callable[[], Sequence[Finding]]


class Verdict(NamedTuple):
    """An invariant that was looked at just now."""

    invariant: Invariant
    findings: Sequence[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings
