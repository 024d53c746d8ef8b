"""What stands already, in the words of a file."""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, any_, false, literal

from app.core.paging import Sortable
from app.imports.columns import Values, written
from app.imports.kinds.kind import Kind


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
