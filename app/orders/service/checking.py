"""Looking at a list before anything is put in a basket: what can be had of it, and which lines are not clear."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.catalogue.queries.offers import offers
from app.core.access import Viewer
from app.orders.queries import baskets, quick
from app.orders.quick import Codes, Known, Line
from app.orders.suggested import Suggested, Suggestion, suggested

UNKNOWN = "No product has this SKU."
SEVERAL = "This is the code of several products."


@dataclass(frozen=True, slots=True)
class Clear:
    """A product, and the lines that ask for it."""

    suggestion: Suggestion
    lines: Sequence[Line]

    @property
    def product_id(self) -> int:
        return self.suggestion.item.product_id

    @property
    def notes(self) -> list[str]:
        notes = [line.problem for line in self.lines if line.problem]
        if len(self.lines) > 1:
            numbers = [str(line.number) for line in self.lines]
            notes.append(f"Lines {', '.join(numbers[:-1])} and {numbers[-1]} together.")
        return [*notes, *filter(None, [self.suggestion.note])]

    @property
    def is_wrong(self) -> bool:
        """Something that was asked for will not be there."""
        return self.suggestion.is_fewer or any(line.problem for line in self.lines)

    @property
    def is_still_open(self) -> bool:
        return self.is_wrong and not self.suggestion.item.quantity


@dataclass(frozen=True, slots=True)
class Unclear:
    """A line that means no product, or several."""

    line: Line
    why: str
    choices: Sequence[Known] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was looked at."""

    clear: Sequence[Clear]
    unclear: Sequence[Unclear]

    @property
    def ready(self) -> Mapping[int, int]:
        """By product, how many would go in the basket."""
        found = {one.product_id: one.suggestion.item.quantity for one in self.clear}
        return {product_id: quantity for product_id, quantity in found.items() if quantity}

    @property
    def still_open(self) -> list[Line]:
        """Lines of which nothing would go in."""
        lines = [one.line for one in self.unclear]
        lines += [line for one in self.clear if one.is_still_open for line in one.lines]
        return sorted(lines)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person has decided meanwhile: by line which product it is, and by product how many."""

    products: Mapping[int, int] = field(default_factory=dict)
    quantities: Mapping[int, int] = field(default_factory=dict)


def what_is_left_of(wanted: Mapping[int, int], *, by: Viewer, on: date) -> Suggested:
    """Of so many of each product."""
    items = baskets.items_wanted(wanted, on)
    prices = offers([item.product_id for item in items], customer_id=by.customer_id, on=on)
    return suggested(items, prices)


def check(lines: Sequence[Line], said: Said, *, by: Viewer, on: date) -> Checked:
    """Reads only. The same product on several lines is one."""
    codes = Codes(quick.products_called({line.code for line in lines}))
    asked: defaultdict[int, list[Line]] = defaultdict(list)
    unclear: list[tuple[Line, Sequence[Known]]] = []
    for line in lines:
        meant = codes.meant_by(line.code)
        product_id = said.products.get(line.number) or (meant[0].product_id if len(meant) == 1 else 0)
        if product_id:
            asked[product_id].append(line)
        else:
            unclear.append((line, meant))
    wanted = {one: sum(line.quantity for line in lines) for one, lines in asked.items()}
    found = what_is_left_of(
        {one: said.quantities.get(one, quantity) for one, quantity in wanted.items()}, by=by, on=on
    )
    clear = [Clear(one, asked.pop(one.item.product_id)) for one in found.lines]
    why = {left.item.product_id: left.why for left in found.left_over}
    gone = [Unclear(line, why.get(one, UNKNOWN)) for one, lines in asked.items() for line in lines]
    return Checked(clear, sorted([*gone, *_put_into_words(unclear)], key=lambda one: one.line.number))


def _put_into_words(lines: Sequence[tuple[Line, Sequence[Known]]]) -> list[Unclear]:
    alike = quick.products_alike([line.code for line, meant in lines if not meant and not line.problem])
    return [
        Unclear(line, line.problem)
        if line.problem
        else Unclear(line, SEVERAL if meant else UNKNOWN, meant or alike.get(line.code.lower(), ()))
        for line, meant in lines
    ]
