"""The next number of a series: the last thing a transaction asks for, since everybody else waits for it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from app.billing.models import DocumentKind, NumberSeries
from app.core.questions import Question


class Number(NamedTuple):
    """`on` is never before the day of the number before it."""

    year: int
    serial: int
    on: date
    text: str


_new = insert(NumberSeries).values(
    series=bindparam("series"), year=bindparam("year"), last=1, last_on=bindparam("on")
)
_NEXT = Question(
    _new.on_conflict_do_update(
        index_elements=["series", "year"],
        set_={
            "last": NumberSeries.last + 1,
            "last_on": func.greatest(NumberSeries.last_on, _new.excluded.last_on),
        },
    ).returning(NumberSeries.last, NumberSeries.last_on)
)


def next_number(kind: DocumentKind, on: date) -> Number:
    row = _NEXT.ask(series=kind.series, year=on.year, on=on).one()
    return Number(on.year, row.last, row.last_on, f"{kind.series}-{on.year}-{row.last:05d}")
