"""Which kind of file it is, and the rows in it that say something."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit, setrlimit
from typing import BinaryIO

from app.core.errors import Refused
from app.imports.cells import Cell, Row
from app.imports.reading import bounds, plain, workbooks

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Table:
    """The names over the columns, and every row that is not empty."""

    header: list[str]
    rows: list[Row]


def table_in(file: BinaryIO) -> Table:
    """The extension of its name says nothing; its first bytes do."""
    content = file.read(bounds.MOST_BYTES + 1)
    if len(content) > bounds.MOST_BYTES:
        raise Refused("Send a file of 10 MB or less.")
    try:
        with _little_memory():
            return _table_of(_rows_in(content))
    except MemoryError:
        raise Refused(
            "This file takes more memory than we give to one. Split it into smaller ones."
        ) from None


def _rows_in(content: bytes) -> Iterator[Row]:
    if not content.strip():
        raise Refused("This file is empty.")
    if content.startswith(OLD_WORKBOOK):
        raise Refused(
            "This is an old or a protected workbook. Save it as XLSX without a password, or as CSV."
        )
    return workbooks.rows_in(content) if content.startswith(bounds.ZIPPED) else plain.rows_in(content)


def _table_of(rows: Iterator[Row]) -> Table:
    header = next(rows, None)
    if header is None or not any(cell.text.strip() for cell in header.cells):
        raise Refused("The first row must name the columns. Start with the template.")
    found, empty, letters = [], 0, 0
    for row in rows:
        if not any(cell.text.strip() for cell in row.cells):
            empty += 1
            if empty > bounds.MOST_EMPTY_ROWS:
                raise Refused("Most rows of this file are empty. Delete them, then send it again.")
            continue
        _check(row)
        found.append(row)
        letters += sum(len(cell.text) for cell in row.cells)
        if letters > bounds.MOST_LETTERS:
            raise Refused(
                f"This file holds more than {bounds.MOST_LETTERS // 1_000_000} million characters, "
                "all cells together. Split it into smaller ones."
            )
        if len(found) > bounds.MOST_ROWS:
            raise Refused(f"This file has more than {bounds.MOST_ROWS:,} rows. Split it into smaller ones.")
    if not found:
        raise Refused("There are no rows under the header.")
    return Table([_name(cell) for cell in header.cells], found)


def _check(row: Row) -> None:
    if len(row.cells) > bounds.MOST_CELLS:
        raise Refused(f"Row {row.line} has more than {bounds.MOST_CELLS} cells.")
    for number, cell in enumerate(row.cells, 1):
        if len(cell.text) > bounds.LONGEST_CELL:
            raise Refused(
                f"Row {row.line}, cell {number} holds more than {bounds.LONGEST_CELL:,} characters. "
                "Make it shorter, then send the file again."
            )


def _name(cell: Cell) -> str:
    """Unit price, unit_price and UNIT-PRICE are one column."""
    return "_".join(cell.text.strip().lower().replace("-", " ").replace("_", " ").split())


@contextmanager
def _little_memory() -> Iterator[None]:
    """A file that grows without end meets a MemoryError, and this process lives on."""
    soft, hard = getrlimit(RLIMIT_AS)
    most = bounds.MOST_MEMORY if hard == RLIM_INFINITY else min(bounds.MOST_MEMORY, hard)
    setrlimit(RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_AS, (soft, hard))
