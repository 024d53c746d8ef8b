"""What the four kinds of import have in common: how each is looked up, written and taken back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from types import ModuleType
from typing import Any, Protocol, cast

from app.imports.columns import Values
from app.imports.judges.around import Around
from app.imports.models import ImportKind
from app.imports.queries import customers, prices, products, stock
from app.imports.queries.parts import Part

Step = Callable[[Part], None]


class Subject(Protocol):
    """A module of queries. What must be locked shortly is done last, for all rows at once, right before the commit."""

    ENTITY: str
    WORD: str
    NAMED_BY: tuple[str, ...]
    TABLES: tuple[str, ...]
    WRITING: tuple[Step, ...]
    TAKING_BACK: tuple[Step, ...]
    LAST: tuple[Step, ...]
    LAST_BACK: tuple[Step, ...]

    def around(self, rows: Sequence[Values], *, on: date, locked: bool = False) -> Around: ...

    def every_row(self) -> Iterable[Any]: ...

    def lines_in_use(self, job_id: int) -> Sequence[int]: ...


MODULES: dict[str, ModuleType] = {
    ImportKind.PRODUCTS: products,
    ImportKind.PRICES: prices,
    ImportKind.STOCK: stock,
    ImportKind.CUSTOMERS: customers,
}


def subject_of(kind: str) -> Subject:
    return cast(Subject, MODULES[kind])
