"""CSV: UTF-8 with or without a mark, UTF-16 with one; commas, semicolons or tabs."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO

from app.core.cells import as_meant
from app.core.errors import Refused
from app.imports.cells import Cell, Row

DELIMITERS = ",;\t"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NOT_TEXT = "This is neither a CSV nor an XLSX file that we can read. Save it as “CSV UTF-8” or as XLSX."


def rows_in(content: bytes) -> Iterator[Row]:
    text = _text_in(content)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter_of(text), strict=True)
    line = 0
    try:
        for line, cells in enumerate(reader, 1):
            yield Row(line, tuple(Cell(as_meant(cell)) for cell in cells))
    except csv.Error as error:
        raise Refused(f"Row {line + 1} cannot be read: {_reason(error)}") from None


def _text_in(content: bytes) -> str:
    try:
        text = content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(NOT_TEXT) from None
    if "\0" in text:
        raise Refused(NOT_TEXT)
    return text


def _delimiter_of(text: str) -> str:
    """The one that cuts the header into the most names; a comma where none does."""
    header = text[: text.find("\n")] if "\n" in text else text
    return max(DELIMITERS, key=lambda mark: header[:10_000].count(mark))


def _reason(error: csv.Error) -> str:
    if "field limit" in str(error):
        return "one of its cells is far too long."
    return "its quotation marks do not match."
