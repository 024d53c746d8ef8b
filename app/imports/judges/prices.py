"""Prices in a file, beside prices on the lists. Days are texts here: written like 2026-12-25, they sort as days do."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from app.imports.columns import Values, unknown
from app.imports.judges.around import Around, ReadRow, Standing
from app.imports.kinds import PRICES
from app.imports.kinds.kind import Problems

FOR_GOOD = "9999-12-31"
ENDS, LAST_DAY = (
    "ends",
    "last_day",
)  # in what a new price brings: the price that goes on now, and until when then

Key = tuple[str, ...]


class Span(NamedTuple):
    """From the first to the last day of a price. One of ours has no row of the file, a new one no number."""

    first: str
    last: str
    line: int = 0
    row_id: int | None = None

    @property
    def goes_on(self) -> bool:
        return not self.last

    def reaches(self, day: str) -> bool:
        return (self.last or FOR_GOOD) >= day

    @property
    def whose(self) -> str:
        whose = f"the price in row {self.line}" if self.line else "a price that we have"
        return f"{whose}, which holds {f'from {self.first}' if self.first else 'from the beginning'} on,"


@dataclass(frozen=True, slots=True)
class AroundPrices(Around):
    """By list, SKU and quantity, and then by first day: the prices of every product in the file."""

    stands: Mapping[Key, Mapping[str, Standing]]
    lists: frozenset[str]
    skus: frozenset[str]
    today: str

    def standing(self, values: Values) -> Standing | None:
        """A row that says no first day is about the price that holds today."""
        prices = self._siblings(values)
        if "valid_from" in values:
            return prices.get(values["valid_from"])
        return next((price for first, price in prices.items() if self._holds(first, price)), None)

    def unknown(self, values: Values) -> Problems:
        found: Problems = {}
        if values["price_list"].lower() not in self.lists:
            found["price_list"] = unknown(values["price_list"], sorted(self.lists))
        if values["sku"].lower() not in self.skus:
            found["sku"] = f"No product has the SKU {values['sku']}."
        return found

    def problems(self, values: Values, standing: Standing | None) -> Problems:
        found = self.unknown(values) | PRICES.rule({**standing.texts, **values} if standing else values)
        if standing is None and "valid_from" not in values and self._siblings(values):
            found["valid_from"] = (
                "No price of it holds today, but one does on other days. Say from which day on this one holds."
            )
        return found

    def clashes(self, rows: Sequence[ReadRow]) -> Mapping[int, Problems]:
        """Two prices of one list, product and quantity must not hold on one day: with the whole file written."""
        found: dict[int, Problems] = {}
        for earlier, later in self._overlaps(rows):
            if _makes_room(earlier, later):
                continue
            if later.line:
                said = f"On {later.first}, {earlier.whose} would hold as well. End that one before, in this file."
                found[later.line] = {"valid_from": said}
            else:
                said = f"From {later.first} on we have another price. Give this one a last day before it."
                found[earlier.line] = {"valid_to": said}
        return found

    def brings(self, rows: Sequence[ReadRow]) -> Mapping[int, dict[str, str]]:
        """A price for good ends the one that went on for good until then."""
        return {
            later.line: {ENDS: str(earlier.row_id), LAST_DAY: _day_before(later.first)}
            for earlier, later in self._overlaps(rows)
            if _makes_room(earlier, later)
        }

    def _siblings(self, values: Values) -> Mapping[str, Standing]:
        return self.stands.get(PRICES.key_of(values)[:3], {})

    def _holds(self, first: str, price: Standing) -> bool:
        return first <= self.today <= (price.texts["valid_to"] or FOR_GOOD)

    def _overlaps(self, rows: Sequence[ReadRow]) -> Iterator[tuple[Span, Span]]:
        """Neighbours that hold on the same day, one of them in the file."""
        spans: defaultdict[Key, dict[str, Span]] = defaultdict(dict)
        for key, prices in self.stands.items():
            for first, price in prices.items():
                spans[key][first] = Span(first, price.texts["valid_to"], row_id=price.row_id)
        for row in rows:
            standing = self.standing(row.values)
            stands = standing.texts if standing else {}
            first = row.values.get("valid_from", stands.get("valid_from", ""))
            last = row.values.get("valid_to", stands.get("valid_to", ""))
            spans[PRICES.key_of(row.values)[:3]][first] = Span(first, last, line=row.line)
        for of_one in spans.values():
            for earlier, later in pairwise(sorted(of_one.values())):
                if (earlier.line or later.line) and earlier.reaches(later.first):
                    yield earlier, later


def _makes_room(earlier: Span, later: Span) -> bool:
    """Only where nothing is lost: after a price for some days the earlier one would have to come back."""
    return earlier.line == 0 and earlier.goes_on and later.goes_on


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
