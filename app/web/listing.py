"""Lists live in their address: filter, sort and place come from the query string and go back into it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote, urlencode

from flask import current_app, flash, request, url_for

from app.core.paging import PAGE_SIZE, Page
from app.core.text import counted, tidy

T = TypeVar("T")

LONGEST_FILTER = 120
SOME_ROW = "8888888888888888"  # stands for any number or code in an address


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: `q` and filters by name, the sort, and the place to start."""

    filters: Mapping[str, str]
    sort: str
    after: str | None
    before: str | None

    def __getitem__(self, name: str) -> str:
        return self.filters.get(name, "")

    @property
    def sort_name(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")


def asked(*filters: str, sorts: tuple[str, ...]) -> Asked:
    """The first sort is the default; an unknown one is ignored."""
    sort = request.args.get("sort", "")
    return Asked(
        filters={name: tidy(request.args.get(name))[:LONGEST_FILTER] for name in ("q", *filters)},
        sort=sort if sort.removeprefix("-") in {name.removeprefix("-") for name in sorts} else sorts[0],
        after=request.args.get("after"),
        before=request.args.get("before"),
    )


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A page of rows with the addresses around it."""

    page: Page[T]
    asked: Asked
    noun: str
    one: str = ""

    @property
    def rows(self) -> Any:
        return self.page.rows

    @property
    def count(self) -> int:
        return self.page.count

    @property
    def noun_counted(self) -> str:
        return self.one if self.one and self.count == 1 else self.noun

    @property
    def place_words(self) -> str:
        return self.page.place_words

    @property
    def next_url(self) -> str | None:
        return self.url(after=self.page.after) if self.page.after else None

    @property
    def previous_url(self) -> str | None:
        return self.url(before=self.page.before) if self.page.before else None

    @property
    def csv_url(self) -> str:
        """Every row of this filter as a file, in this order."""
        return self.url(path=f"{request.path}.csv")

    def sort_url(self, name: str) -> str:
        """Sorted by this column; sorted already, the other way round."""
        flipped = self.asked.sort_name == name and not self.asked.is_descending
        return self.url(sort=f"-{name}" if flipped else name)

    def url(self, path: str = "", **changed: str | None) -> str:
        """This list with something changed; a change of filter or sort starts at the first page."""
        kept = {name: value for name, value in self.asked.filters.items() if value}
        query = kept | {"sort": request.args.get("sort")} | changed
        return f"{quote(path or request.path)}?{urlencode({name: value for name, value in query.items() if value})}"


def numbers_in(ticked: Sequence[str], most: int = PAGE_SIZE) -> list[int]:
    """What is ticked, of as many rows as a page shows at once."""
    return [int(one) for one in ticked[:most] if one.isascii() and one.isdecimal() and len(one) < 19]


class Outcome(Protocol):
    """What became of one row; `refusal` is empty where it was done."""

    @property
    def refusal(self) -> str: ...


def tell(outcomes: Sequence[Outcome], one: str, many: str, *, naming: str = "{0.refusal}") -> None:
    """One line for all that went well, and one for each that did not, which says what it is about."""
    refused = [outcome for outcome in outcomes if outcome.refusal]
    if len(outcomes) > len(refused):
        flash(counted(len(outcomes) - len(refused), one, many), "good")
    for outcome in refused:
        flash(naming.format(outcome), "warn")


def address_of_each(endpoint: str) -> Callable[[int | str], str]:
    """For the rows of a list: the address is built once, and each row's own word is put in."""
    if endpoint.startswith("."):
        endpoint = f"{request.blueprint}{endpoint}"
    (argument,) = next(current_app.url_map.iter_rules(endpoint)).arguments
    before, after = url_for(endpoint, _external=False, **{argument: SOME_ROW}).split(SOME_ROW)
    return lambda word: f"{before}{word if isinstance(word, int) else quote(word, safe='')}{after}"
