"""Keyset paging: page 4,000 costs what page 1 does. Programs page by number, and not as deep."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, bindparam, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import db
from app.core.questions import Question

T = TypeVar("T")

Sortable = ColumnElement[Any] | InstrumentedAttribute[Any]

PAGE_SIZE = 50
COUNTED_EXACTLY = 1000


@dataclass(frozen=True, slots=True)
class Sort:
    """One way to order a list: an expression and the unique number that breaks ties."""

    by: Sortable
    tie: Sortable
    descending: bool = False

    @classmethod
    def asked(cls, wanted: str, among: Mapping[str, Sortable], tie: Sortable) -> "Sort":
        """As programs ask for it: a name among these, with a dash in front for the other way round."""
        return cls(among[wanted.removeprefix("-")], tie, wanted.startswith("-"))

    def order(self, *, backwards: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        if self.descending != backwards:
            return self.by.desc(), self.tie.desc()
        return self.by.asc(), self.tie.asc()

    def behind_a_place(self, *, backwards: bool) -> ColumnElement[bool]:
        value, tie = bindparam("place_value", type_=self.by.type), bindparam("place_tie", type_=self.tie.type)
        row, mark = tuple_(self.by, self.tie), tuple_(value.cast(self.by.type), tie)
        return row < mark if self.descending != backwards else row > mark


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the sort value and the tie of the row before it."""

    value: Any
    tie: int

    def written(self) -> str:
        return (
            urlsafe_b64encode(json.dumps([self.value, self.tie], default=str).encode()).decode().rstrip("=")
        )

    @classmethod
    def read(cls, text: str, kind: type) -> "Place | None":
        """None for a place that was tampered with or comes from another list: the first page follows."""
        try:
            value, tie = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(READ_AS[kind](value), _number(tie))
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return None


def _plain_text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a text PostgreSQL could hold")
    value.encode()  # half a surrogate pair is no text either
    return value


def _number(value: Any) -> int:
    if abs(int(value)) >= 2**63:
        raise ValueError("not a number PostgreSQL could hold")
    return int(value)


# What a list can be sorted by, and how its value comes back from an address.
READ_AS: dict[type, Callable[[Any], Any]] = {
    str: _plain_text,
    int: _number,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


def count_words(count: int) -> str:
    """Nobody counted further than that there are more."""
    return f"{COUNTED_EXACTLY:,}+" if count > COUNTED_EXACTLY else f"{count:,}"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and where the neighbours begin."""

    rows: Sequence[T]
    after: str | None
    before: str | None
    count: int

    @property
    def count_words(self) -> str:
        return count_words(self.count)

    @property
    def place_words(self) -> str:
        """Which rows of how many, where a page knows: the first one does, and the last of what was counted."""
        if self.after and not self.before:
            first = 1
        elif self.before and not self.after and self.count <= COUNTED_EXACTLY:
            first = self.count - len(self.rows) + 1
        else:
            return self.count_words
        last = first + len(self.rows) - 1
        rows = f"{first:,}" if first == last else f"{first:,}–{last:,}"
        return f"{rows} of {self.count_words}"


def page_of(
    rows: Select[*tuple[Any, ...]],
    sort: Sort,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
    is_kept: bool = False,
    given: Mapping[str, Any] | None = None,
    count: ScalarSelect[int] | None = None,
) -> Page[Any]:
    """One page of a query that brings no order of its own.

    A kept query is the same object each time, of plain columns: it is put into words once. What differs
    from time to time in its columns stands in it by name, and is `given`. Whoever knows a quicker way
    than to look for them again says how to `count` its rows.
    """
    backwards = before is not None and after is None
    place = Place.read(before or after or "", sort.by.type.python_type)
    marks = dict(given or {})
    if place:
        marks |= {"place_value": place.value, "place_tie": place.tie}
    if is_kept:
        found = list(_question(rows, sort, backwards, bool(place), size, count=count).ask(**marks))
    else:
        page = _one_page(rows, sort, backwards, bool(place), size, count=count)
        found = list(db.session.execute(page, marks))
    counted = partial(_counted, rows, count, marks)
    return _cut(found, size, counted, place=place, backwards=backwards)


def _counted(
    rows: Select[*tuple[Any, ...]], known: ScalarSelect[int] | None, marks: Mapping[str, Any]
) -> int:
    return db.session.scalar(select(_count_of(rows, known)), marks) or 0


def _cut(
    found: list[Row[*tuple[Any, ...]]],
    size: int,
    counted: Callable[[], int],
    *,
    place: Place | None,
    backwards: bool,
) -> Page[Any]:
    """One row more than a page holds was asked for: whether it came says if there is another page."""
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    ends = [Place(row.sort_value, row.sort_tie).written() for row in (found[:1] + found[-1:])]
    has_earlier = more if backwards else place is not None
    has_later = bool(place) if backwards else more
    return Page(
        rows=found,
        after=ends[-1] if found and has_later else None,
        before=ends[0] if found and has_earlier else None,
        count=found[0].counted if found else counted(),
    )


def _one_page(
    rows: Select[*tuple[Any, ...]],
    sort: Sort,
    backwards: bool,
    behind_a_place: bool,
    size: int,
    *,
    count: ScalarSelect[int] | None = None,
) -> Select[*tuple[Any, ...]]:
    wanted = rows.add_columns(
        sort.by.label("sort_value"), sort.tie.label("sort_tie"), _count_of(rows, count).label("counted")
    )
    if behind_a_place:
        wanted = wanted.where(sort.behind_a_place(backwards=backwards))
    return wanted.order_by(*sort.order(backwards=backwards)).limit(size + 1)


@lru_cache(maxsize=500)
def _question(
    rows: Select[*tuple[Any, ...]],
    sort: Sort,
    backwards: bool,
    behind_a_place: bool,
    size: int,
    *,
    count: ScalarSelect[int] | None,
) -> Question:
    return Question(_one_page(rows, sort, backwards, behind_a_place, size, count=count))


def _count_of(rows: Select[*tuple[Any, ...]], known: ScalarSelect[int] | None = None) -> ScalarSelect[int]:
    """Exact to a thousand; more than that is "1,000+" to a person and cheap for us."""
    if known is not None:
        return known
    some = rows.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    limited = some.limit(COUNTED_EXACTLY + 1).subquery()
    return select(func.count()).select_from(limited).scalar_subquery()


@dataclass(frozen=True, slots=True)
class NumberedPage(Generic[T]):
    """A page by its number."""

    items: Sequence[T]
    total: int
    page: int
    page_size: int

    @property
    def has_more(self) -> bool:
        return self.page * self.page_size < self.total


def numbered_page(
    rows: Select[*tuple[Any, ...]], sort: Sort, *, page: int, page_size: int
) -> NumberedPage[Any]:
    """The caller keeps page times page_size small; PostgreSQL walks over everything before it."""
    wanted = rows.order_by(*sort.order(backwards=False)).limit(page_size).offset((page - 1) * page_size)
    all_of_them = rows.with_only_columns(literal(1), maintain_column_froms=True).subquery()
    total = db.session.scalar(select(func.count()).select_from(all_of_them)) or 0
    return NumberedPage(db.session.execute(wanted).all(), total, page, page_size)
