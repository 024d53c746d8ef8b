"""The papers that break an invariant: none, as long as all is well."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, case, cast, extract, func, literal, select
from sqlalchemy.orm import selectinload

from app.billing.models import Invoice, NumberSeries
from app.core.database import db
from app.core.invariants import Finding, findings_of, row_of

LOOKED_AT, AT_ONCE = 10_000, 500
SOME_DAY = date(2026, 1, 1)


def numbers_out_of_order() -> Sequence[Finding]:
    """In each series and year: 1, 2, 3 and so on, none of an earlier day than the one before it."""
    return [*_wrong_numbers(), *_wrong_series()]


def _wrong_numbers() -> Sequence[Finding]:
    series, along = (Invoice.series, Invoice.year), Invoice.serial
    last_serial = (
        func.lag(Invoice.serial, 1, 0).over(partition_by=series, order_by=along).label("last_serial")
    )
    last_day = func.lag(Invoice.issued_on).over(partition_by=series, order_by=along).label("last_day")
    paper = select(
        Invoice.id,
        Invoice.number,
        Invoice.series,
        Invoice.year,
        Invoice.serial,
        Invoice.issued_on,
        last_serial,
        last_day,
    ).subquery()
    c = paper.c
    wrong = case(
        (c.serial != c.last_serial + 1, literal("comes after number ") + cast(c.last_serial, String)),
        (c.issued_on < c.last_day, literal("is of an earlier day than the number before it")),
        (extract("year", c.issued_on) != c.year, literal("is of another year")),
        (c.number != _written(c.series, c.year, c.serial), literal("is not the number of its row")),
    )
    return findings_of(select(row_of("invoice", c.number), wrong).where(wrong.is_not(None)).order_by(c.id))


def _written(series: Any, year: Any, serial: Any) -> ColumnElement[str]:
    digits = cast(serial, String)
    padded = func.lpad(digits, func.greatest(5, func.length(digits)), "0")
    return func.concat_ws("-", series, year, padded)


def _wrong_series() -> Sequence[Finding]:
    newest = _newest_papers()
    series = func.coalesce(NumberSeries.series, newest.c.series)
    year = func.coalesce(NumberSeries.year, newest.c.year)
    last, serial = func.coalesce(NumberSeries.last, 0), func.coalesce(newest.c.serial, 0)
    gave = literal("has given ") + cast(last, String) + literal(", its newest paper has ")
    wrong = case(
        (last != serial, gave + cast(serial, String)),
        (NumberSeries.last_on != newest.c.day, literal("says another day than its newest paper")),
    )
    same = (newest.c.series == NumberSeries.series) & (newest.c.year == NumberSeries.year)
    return findings_of(
        select(row_of("number series", func.concat_ws("-", series, year)), wrong)
        .select_from(NumberSeries)
        .join(newest, same, full=True)
        .where(wrong.is_not(None))
        .order_by(series, year)
    )


def _newest_papers() -> Subquery:
    serial, day = func.max(Invoice.serial).label("serial"), func.max(Invoice.issued_on).label("day")
    by_year = (Invoice.series, Invoice.year)
    return select(*by_year, serial, day).group_by(*by_year).subquery()


def papers_looked_at() -> Iterator[Invoice]:
    """The newest, with their lines, and as many older ones: each day another part, until all had their turn."""
    newest, today = db.session.execute(
        select(func.coalesce(func.max(Invoice.id), 0), func.current_date())
    ).one()
    older = max(0, newest - LOOKED_AT)
    parts = max(1, -(-older // LOOKED_AT))
    first = (today - SOME_DAY).days % parts * LOOKED_AT
    for start, end in ((first, min(first + LOOKED_AT, older)), (older, newest)):
        for after in range(start, end, AT_ONCE):
            yield from _papers_between(after, min(after + AT_ONCE, end))


def _papers_between(after: int, last: int) -> Sequence[Invoice]:
    some = select(Invoice).where(Invoice.id > after, Invoice.id <= last).order_by(Invoice.id)
    as_they_are = {"populate_existing": True}
    return db.session.scalars(some.options(selectinload(Invoice.lines)), execution_options=as_they_are).all()
