"""The book proves itself: what must always be true, and the rows that say otherwise.

Each feature lists its own INVARIANTS; operations looks at all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, literal, text

from app.core.database import db

AS_MANY_AS_HELP = 50


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


def take_your_time() -> None:
    """Until the transaction ends: a question about every row of a large house takes longer than a page may."""
    db.session.execute(text("SET LOCAL statement_timeout = '120s'"))
    db.session.execute(text("SET LOCAL work_mem = '64MB'"))


def row_of(table: str, number: Any) -> Any:
    """How a finding names its row: the first of the two columns that `findings_of` wants."""
    return literal(f"{table} ") + cast(number, String)


def findings_of(question: Select[Any]) -> Sequence[Finding]:
    return [Finding(*row) for row in db.session.execute(question.limit(AS_MANY_AS_HELP))]
