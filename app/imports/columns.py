"""What may stand in a column, and the sentence for what may not: a value is read or refused, never guessed.

Every parser answers with the text that an export would write, so that two values are equal when their texts are.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.core.amounts import LARGEST, amount_of
from app.core.errors import Refused
from app.core.mail import is_email
from app.core.text import tidy
from app.imports.cells import Cell, CellKind

WHOLE = re.compile(r"\d{1,12}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
YES_NO = {"yes": "yes", "no": "no", "true": "yes", "false": "no"}
MOST_NAMED = 12

Values = Mapping[str, str]
Parser = Callable[[Cell], str]


class Unreadable(Exception):
    """A sentence about one cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `words` say how to write it, `is_unique` that no two rows of a file may share its value."""

    name: str
    words: str
    parse: Parser
    is_needed: bool = False
    is_needed_if_new: bool = False
    is_unique: bool = False
    default: str | None = None  # of a key that may be left out

    def read(self, cell: Cell) -> str:
        if cell.kind is CellKind.FORMULA:
            raise Unreadable("This is a formula. Put its result here as a plain value.")
        if cell.kind is CellKind.ERROR:
            raise Unreadable(f"The spreadsheet could not work this out: {cell.text}.")
        return self.parse(cell)


def line(longest: int, *, missing: str = "") -> Parser:
    """One line of text."""

    def parse(cell: Cell) -> str:
        return _fitting(tidy(_text_of(cell)), longest, missing)

    return parse


def lines(longest: int) -> Parser:
    """Text that may run over several lines."""

    def parse(cell: Cell) -> str:
        return _fitting("\n".join(_text_of(cell).splitlines()).strip(), longest, "")

    return parse


def code(longest: int, *, missing: str = "", like: re.Pattern[str] | None = None, told: str = "") -> Parser:
    """Text that must never have been a number: 0090.750 is not 90.75."""

    def parse(cell: Cell) -> str:
        if cell.kind is not CellKind.TEXT:
            raise Unreadable(
                f"This cell is a {cell.kind} in the spreadsheet, so zeros may be lost. Format the column as text."
            )
        text = _fitting(tidy(cell.text), longest, missing)
        if text and like and not like.fullmatch(text):
            raise Unreadable(told)
        return text

    return parse


def optional(parse: Parser) -> Parser:
    """Nothing may be said."""
    return lambda cell: parse(cell) if cell.text.strip() else ""


def in_capitals(parse: Parser) -> Parser:
    return lambda cell: parse(cell._replace(text=cell.text.upper()))


def whole(*, least: int = 0, most: int, empty: str | None = None) -> Parser:
    """`empty` is what an empty cell means; None where it means nothing."""

    def parse(cell: Cell) -> str:
        text = _number_in(cell)
        if not text and empty is not None:
            return empty
        if not WHOLE.fullmatch(text):
            raise Unreadable(f"“{_short(text)}” is not a whole number. Write it like 12, without commas.")
        if not least <= int(text) <= most:
            raise Unreadable(f"Use a whole number from {least:,} to {most:,}.")
        return str(int(text))

    return parse


def amount(*, places: int, most: Decimal = LARGEST, may_be_empty: bool = False) -> Parser:
    """Written with two places at least."""

    def parse(cell: Cell) -> str:
        text = _number_in(cell)
        if not text and may_be_empty:
            return ""
        try:
            found = amount_of(text, places=places)
        except Refused as refusal:
            raise Unreadable(refusal.message) from None
        if found > most:
            raise Unreadable(f"Use {most:,} or less.")
        return written(found)

    return parse


def day(cell: Cell) -> str:
    text = cell.text.strip()
    if not text:
        return ""
    try:
        if not DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unreadable(f"“{_short(text)}” is not a day. Write it like 2026-12-25.") from None


def yes_no(cell: Cell) -> str:
    found = YES_NO.get(cell.text.strip().lower())
    if found is None:
        raise Unreadable(f"“{_short(cell.text)}” is neither yes nor no.")
    return found


def choice(options: Iterable[str]) -> Parser:
    known = tuple(map(str, options))

    def parse(cell: Cell) -> str:
        text = cell.text.strip().lower()
        if text not in known:
            raise Unreadable(unknown(cell.text, known))
        return text

    return parse


def email(cell: Cell) -> str:
    text = _fitting(tidy(_text_of(cell)).lower(), 254, "")
    if text and not is_email(text):
        raise Unreadable(f"“{_short(text)}” is not a whole email address, like maya@example.com.")
    return text


def unknown(text: str, known: Iterable[str]) -> str:
    """A refusal that names what there is."""
    names = [*known]
    said = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    return (
        f"“{_short(text)}” is not one of: {said}."
        if names
        else f"“{_short(text)}” is not known: there is none yet."
    )


def written(value: object) -> str:
    """What stands in a row of ours, as an export writes it and a parser answers it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return value.value
        case Decimal():
            places = max(2, -int(value.normalize().as_tuple().exponent))
            return f"{value:.{places}f}"
        case date():
            return value.isoformat()
    return str(value)


def is_same(new: str, standing: str) -> bool:
    """Also where what stands was never tidied: an import does not change what nobody meant to change."""
    return new == standing or new in {tidy(standing), "\n".join(standing.splitlines()).strip()}


def _text_of(cell: Cell) -> str:
    if cell.kind is CellKind.DATE:
        raise Unreadable("This cell is a date in the spreadsheet. Format the column as text.")
    return cell.text


def _number_in(cell: Cell) -> str:
    if cell.kind is CellKind.DATE:
        raise Unreadable("This cell is a date in the spreadsheet. Format the column as numbers.")
    return cell.text.strip()


def _fitting(text: str, longest: int, missing: str) -> str:
    if missing and not text:
        raise Unreadable(missing)
    if len(text) > longest:
        raise Unreadable(f"Use {longest} characters or fewer.")
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
