"""Some rows of an import at a time: what they say as documents, read by PostgreSQL itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Numeric,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.catalogue.models import PriceList
from app.core.access import Viewer
from app.imports.models import ImportRow, Verdict

Document = ColumnElement[Any]

TO_WRITE = (Verdict.NEW, Verdict.CHANGED)
NO_VERSION = 0  # of things that count none: what they say shows whether they were touched
AS_SENT: Document = type_coerce(ImportRow.values, JSONB)
AS_BEFORE: Document = type_coerce(ImportRow.values.op("||")(ImportRow.before), JSONB)


class Touched(Exception):
    """Something that this import is about was changed by somebody else."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows from one line to another, the columns that the file has, who wants it, and when."""

    job_id: int
    first: int
    last: int
    given: frozenset[str]
    by: Viewer
    at: datetime

    @property
    def editor(self) -> ColumnElement[int | None]:
        return literal(self.by.user_id, BigInteger)

    def giving(self, names: Iterable[str]) -> "Part":
        """Also columns that the file left out and every row has all the same."""
        return replace(self, given=self.given | set(names))

    @property
    def ref(self) -> str:
        return f"import {self.job_id}"

    def rows(self, *verdicts: Verdict) -> ColumnElement[bool]:
        return (
            (ImportRow.import_job_id == self.job_id)
            & ImportRow.verdict.in_(verdicts)
            & ImportRow.line.between(self.first, self.last)
        )


class Field(NamedTuple):
    """Where a column of the file is kept, and how its text is read."""

    attribute: str
    read: Callable[[Document, str], ColumnElement[Any]]


def assigned(fields: Mapping[str, Field], document: Document, part: Part) -> dict[str, ColumnElement[Any]]:
    """What to write, for the columns that the file has. The others stay as they are."""
    return {kept.attribute: kept.read(document, name) for name, kept in fields.items() if name in part.given}


def text(document: Document, name: str) -> ColumnElement[Any]:
    return document[name].astext  # type: ignore[no-any-return]  # JSONB's operators carry no types


def whole(document: Document, name: str) -> ColumnElement[Any]:
    return cast(_or_null(document, name), Integer)


def amount(document: Document, name: str) -> ColumnElement[Any]:
    return cast(_or_null(document, name), Numeric)


def day(document: Document, name: str) -> ColumnElement[Any]:
    return cast(_or_null(document, name), Date)


def yes(document: Document, name: str) -> ColumnElement[Any]:
    return cast(text(document, name) == "yes", Boolean)


def list_id(document: Document, name: str) -> ColumnElement[Any]:
    of_code = func.lower(PriceList.code) == func.lower(text(document, name))
    return select(PriceList.id).where(of_code, PriceList.deleted_at.is_(None)).scalar_subquery()


def _or_null(document: Document, name: str) -> ColumnElement[Any]:
    return func.nullif(text(document, name), "")
