"""XLSX: a ZIP archive of XML, so it is looked at twice before anything in it is unfolded."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from app.core.cells import as_meant
from app.core.deadlines import OutOfTime
from app.core.errors import Refused
from app.imports.cells import Cell, CellKind, Row
from app.imports.reading.bounds import ZIPPED

NOTHING = Cell("")
MOST_ENTRIES = 200
MOST_UNFOLDED = 50_000_000
MOST_RATIO = 100
SUSPICIOUS = "This workbook is built in a way that we do not open. Save it as CSV, or as XLSX once more."
BROKEN = "This workbook is damaged. Open it in your spreadsheet, save it again, and send that."


def rows_in(content: bytes) -> Iterator[Row]:
    """As wide as the header: a workbook keeps no empty cell at the end of a row, or keeps some that were used once."""
    _check_archive(content)
    width = 0
    for line, cells in enumerate(_cells_in(content), 1):
        filled = _filled(tuple(map(_cell, cells)))
        width = width or len(filled)
        yield Row(line, filled + (NOTHING,) * (width - len(filled)))


def _filled(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    end = len(cells)
    while end and not cells[end - 1].text.strip():
        end -= 1
    return cells[:end]


def _check_archive(content: bytes) -> None:
    """By its directory alone; what lies about its size is cut off at what it said, and found to be broken."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if not _is_modest(entries) or any(map(_has_an_odd_name, entries)):
                raise Refused(SUSPICIOUS)
            if any(_is_archive(archive, entry) for entry in entries):
                raise Refused(SUSPICIOUS)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Refused(BROKEN) from None


def _is_modest(entries: list[zipfile.ZipInfo]) -> bool:
    unfolded, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    is_dense = any(entry.file_size > MOST_RATIO * max(entry.compress_size, 1_000) for entry in entries)
    few = len(entries) <= MOST_ENTRIES and unfolded <= MOST_UNFOLDED
    return few and not is_dense and unfolded <= MOST_RATIO * max(packed, 1_000)


def _has_an_odd_name(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _is_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as file:
        return file.read(len(ZIPPED)) == ZIPPED


def _cells_in(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The first sheet. Anything may be wrong in there, and each library below says so in its own way."""
    import openpyxl  # heavy, and for the worker alone

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("Workbooks are read with defusedxml only.")
    try:
        workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # what it says about its own size may be wrong
        yield from sheet.iter_rows()
    except (MemoryError, OutOfTime):
        raise
    except Exception:
        raise Refused(BROKEN) from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return NOTHING
    if cell.data_type == "f":
        return Cell(str(value)[:200], CellKind.FORMULA)
    if cell.data_type == "e":
        return Cell(str(value), CellKind.ERROR)
    return _of_kind(value)


def _of_kind(value: Any) -> Cell:
    match value:
        case bool():
            return Cell("yes" if value else "no")
        case int() | float():
            return Cell(_number(value), CellKind.NUMBER)
        case datetime() if value.time() == time():
            return Cell(value.date().isoformat(), CellKind.DATE)
        case date() | time():
            return Cell(value.isoformat(), CellKind.DATE)
    return Cell(as_meant(str(value).replace("\0", "")))


def _number(value: float) -> str:
    """12, not 12.0; never 1e+16."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
