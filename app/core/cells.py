"""Text in a cell of a file that a spreadsheet may open: what would run as a formula gets an apostrophe."""

import re

WIDE = "\uff1d\uff0b\uff0d\uff20"  # = + - @ as wide as a Chinese letter, which some spreadsheets read alike
BEGINS_A_FORMULA = rf"[=+\-@\t\r\n{WIDE}]"
DANGEROUS = re.compile(f"'*{BEGINS_A_FORMULA}")
GUARDED = re.compile(f"'+{BEGINS_A_FORMULA}")


def guarded(text: str) -> str:
    """One apostrophe in front of a text that begins like a formula, however many it has already."""
    return f"'{text}" if DANGEROUS.match(text) else text


def as_meant(cell: str) -> str:
    """The text before it was guarded: the same for every text, so that export and import lose nothing."""
    return cell[1:] if GUARDED.match(cell) else cell
