"""Boxes for quantities, as a browser sends them: called q and the product's number, and the two buttons beside each."""

import re
from collections.abc import Iterator, Mapping

from app.catalogue.quantities import LARGEST

BOX = re.compile(r"q([0-9]{1,18})")
DIGITS = 9
MANY = 600  # boxes: more than any page of ours has
NOT_A_NUMBER = "Type a whole number, like 6. Type 0 to leave it out."


def boxes_in(sent: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    names = [found for found in map(BOX.fullmatch, sent) if found]
    for found in names[:MANY]:
        yield int(found[1]), sent[found[0]].strip()


def quantity_in(text: str, pressed: int = 0) -> int | None:
    """None where it is no number; with what a button beside it adds."""
    if text and not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        return None
    return min(max(int(text or 0) + pressed, 0), LARGEST)


def too_many(text: str) -> str:
    return f"{text[:20]} is too many. Type {LARGEST:,} or fewer."


def why_no_quantity(text: str) -> str:
    """Of what `quantity_in` cannot read."""
    return too_many(text) if text.isascii() and text.isdigit() else NOT_A_NUMBER


def pressed_in(sent: Mapping[str, str]) -> dict[int, int]:
    """`plus` and `minus` name a product and by how much: what the buttons do where there is no script."""
    return {
        product_id: step * sign
        for name, sign in (("plus", 1), ("minus", -1))
        for product_id, step in pairs_in(sent.get(name, ""))
    }


def pairs_in(text: str) -> Iterator[tuple[int, int]]:
    """Like 12:3,15:6."""
    for found in re.finditer(r"([0-9]{1,18}):([0-9]{1,9})", text[: MANY * 30]):
        yield int(found[1]), int(found[2])
