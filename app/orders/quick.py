"""What somebody typed or pasted to order quickly: on each line a code and how many, and which product a code means."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.catalogue.quantities import LARGEST
from app.core.errors import Refused
from app.core.text import tidy
from app.orders.typed import too_many

MOST_LINES = 500
LONGEST_LINE = 200
APART = r"[\s,;|]"
LINE = re.compile(rf"(?P<code>.+?){APART}+(?:[x×*]\s*)?(?P<quantity>[+\-−]?\d\S*)")
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
LIKE = "Type a whole number, like 6."


class Line(NamedTuple):
    """As it stands in the box. Without a `quantity` there is a `problem`, and the other way round."""

    number: int
    typed: str
    code: str
    quantity: int
    problem: str = ""


class Known(NamedTuple):
    """A product that somebody may have meant."""

    product_id: int
    sku: str
    name: str
    barcode: str
    family_code: str
    is_on_sale: bool


class Codes:
    """Which products are called so: by SKU, else by barcode, else all of a family."""

    def __init__(self, products: Iterable[Known]) -> None:
        self.by_sku: dict[str, list[Known]] = defaultdict(list)
        self.by_barcode: dict[str, list[Known]] = defaultdict(list)
        self.by_family: dict[str, list[Known]] = defaultdict(list)
        for product in products:
            self.by_sku[product.sku.lower()].append(product)
            self.by_barcode[product.barcode].append(product)
            if product.is_on_sale:
                self.by_family[product.family_code.lower()].append(product)

    def meant_by(self, code: str) -> Sequence[Known]:
        low = code.lower()
        return self.by_sku.get(low) or self.by_barcode.get(code) or self.by_family.get(low) or ()


def lines_in(text: str) -> list[Line]:
    """Lines that say something, with the numbers that a person counts."""
    typed = [(number, tidy(line)) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line.strip(" ,;|")) for number, line in typed]
    said = [(number, line) for number, line in lines if line]
    if len(said) > MOST_LINES:
        raise Refused(f"Check {MOST_LINES} lines at a time; these are {len(said):,}.", field="lines")
    return [_line(number, line) for number, line in said]


def _line(number: int, typed: str) -> Line:
    if len(typed) > LONGEST_LINE:
        start = typed[:LONGEST_LINE]
        return Line(number, start, start, 0, f"Use {LONGEST_LINE} characters or fewer on a line.")
    found = LINE.fullmatch(typed)
    if found is None:
        return Line(number, typed, typed, 1)
    quantity, problem = _quantity(found["quantity"])
    return Line(number, typed, found["code"], quantity, problem)


def _quantity(text: str) -> tuple[int, str]:
    if not WHOLE.fullmatch(text):
        return 0, f"“{text[:20]}” is not a quantity. {LIKE}"
    digits = text.replace(",", "").lstrip("0")
    if not digits:
        return 0, "0 of it is nothing to order. Type 1 or more."
    if len(digits) > len(str(LARGEST)):
        return 0, too_many(text)
    return int(digits), ""
