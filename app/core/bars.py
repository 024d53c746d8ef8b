"""Code 39: a number as bars that any scanner reads, between the stars that the code asks for."""

from dataclasses import dataclass
from typing import NamedTuple

# Nine strokes a sign, bar and gap in turn; three of them are wide, named here by their place. The code knows
# letters, too: our numbers have none.
WIDE_STROKES = {
    "0": (3, 4, 6),
    "1": (0, 3, 8),
    "2": (2, 3, 8),
    "3": (0, 2, 3),
    "4": (3, 4, 8),
    "5": (0, 3, 4),
    "6": (2, 3, 4),
    "7": (3, 6, 8),
    "8": (0, 3, 6),
    "9": (2, 3, 6),
    "/": (1, 3, 7),
    "*": (1, 4, 6),
}
NARROW, WIDE = 1, 3


class Bar(NamedTuple):
    """Where it begins and how wide it is, counted in the narrowest."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A whole code, and how wide it is."""

    text: str
    bars: list[Bar]
    width: int


def bars_of(text: str) -> Bars:
    found, x = [], 0
    for sign in f"*{text}*":
        for place in range(9):
            width = WIDE if place in WIDE_STROKES[sign] else NARROW
            if place % 2 == 0:
                found.append(Bar(x, width))
            x += width
        x += NARROW
    return Bars(text, found, x - NARROW)
