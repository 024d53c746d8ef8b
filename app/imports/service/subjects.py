"""What the four kinds of import have in common: how each is looked up, written and taken back."""

from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any, Protocol, cast

from app.imports.columns import Values
from app.imports.queries import customers, prices, products, stock
from app.imports.queries.parts import Part
from app.imports.queries.standing import Around

Step = Callable[[Part], None]


class Subject(Protocol):
    """A module of queries. What must be locked shortly is done by LAST, when everything else is written."""

    ENTITY: str
    WORD: str
    NAMED_BY: tuple[str, ...]
    TABLES: tuple[str, ...]
    WRITING: tuple[Step, ...]
    TAKING_BACK: tuple[Step, ...]

    def around(self, rows: Sequence[Values], *, locked: bool = False) -> Around: ...

    def every_row(self) -> Iterable[Any]: ...

    def lines_in_use(self, job_id: int) -> Sequence[int]: ...


MODULES: dict[str, ModuleType] = {
    "products": products,
    "prices": prices,
    "stock": stock,
    "customers": customers,
}


def subject_of(kind: str) -> Subject:
    return cast(Subject, MODULES[kind])


def last_steps(kind: str, *, undone: bool) -> tuple[Step, ...]:
    """For all rows at once, right before the commit."""
    if kind != "stock":
        return ()
    return (stock.change_back,) if undone else (stock.change,)
