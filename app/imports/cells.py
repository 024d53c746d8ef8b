"""One cell of a file, with what kind of thing a spreadsheet took it for."""

from enum import StrEnum
from typing import NamedTuple


class CellKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """In a CSV everything is text."""

    text: str
    kind: CellKind = CellKind.TEXT


class Row(NamedTuple):
    """`line` counts as a spreadsheet does: the header is row 1."""

    line: int
    cells: tuple[Cell, ...]
