"""What stands already, in the words of a file; and what the rows of one import can be told about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, any_, false, literal

from app.core.paging import Sortable
from app.imports.columns import Values, written
from app.imports.kinds.kind import Kind, Problems


class Standing(NamedTuple):
    """A row of ours: its number, its version, and its texts by column."""

    row_id: int
    version: int
    texts: Mapping[str, str]


@dataclass(slots=True)
class ReadRow:
    """A row of a file: as it was typed, as it was read, and what is wrong with it."""

    line: int
    typed: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)


class Around(Protocol):
    """Everything that the rows of one file touch, looked up together."""

    def standing(self, values: Values) -> Standing | None:
        """What this row is about; None where it is new."""
        ...

    def problems(self, values: Values, standing: Standing | None) -> Problems:
        """What is wrong with a row, seen beside what stands."""
        ...

    def clashes(self, rows: Sequence[ReadRow]) -> Mapping[int, Problems]:
        """By line: what is wrong with rows beside each other."""
        ...


def texts_of(row: Any, kind: Kind, which: str | tuple[str, ...] = "") -> dict[str, str]:
    """A row of ours as an export writes it: all columns, those of these names, or those that begin so."""
    names = which if isinstance(which, tuple) else [name for name in kind.column if name.startswith(which)]
    return {name: written(getattr(row, name)) for name in names}


def as_row(texts: Mapping[str, str], kind: Kind) -> SimpleNamespace:
    """For a file: every column is there."""
    return SimpleNamespace(**{name: texts.get(name, "") for name in kind.column})


def among(column: Sortable, values: Sequence[str] | Sequence[int]) -> ColumnElement[bool]:
    """One parameter, however many there are."""
    if not values:
        return false()
    kind = BigInteger if isinstance(values[0], int) else Text
    return column == any_(literal([*values], ARRAY(kind)))


def lowered(rows: Iterable[Values], name: str) -> list[str]:
    """The different texts in a column, in small letters."""
    return sorted({row[name].lower() for row in rows if row.get(name)})
