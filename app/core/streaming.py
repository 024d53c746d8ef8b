"""Every row of a list, however long: some at a time, so that memory does not grow with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select

from app.core.database import db
from app.core.paging import Sort

AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class EveryRow:
    """What `page_of` shows part of, in the same order. Asked anew by each loop, inside a unit of work."""

    rows: Select[*tuple[Any, ...]]
    sort: Sort

    def __iter__(self) -> Iterator[Row[*tuple[Any, ...]]]:
        wanted = self.rows.order_by(*self.sort.order(backwards=False))
        yield from db.session.execute(wanted, execution_options={"yield_per": AT_A_TIME})
