"""What a person meant by what they typed, and how we say counts and days."""

import unicodedata
from datetime import date


def tidy(value: str | None) -> str:
    """Composed letters, single spaces, nothing around, no control characters."""
    text = unicodedata.normalize("NFC", value or "")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def tidy_lines(value: str | None) -> str:
    """Several lines, each of them tidy; empty ones around the text go."""
    return "\n".join(tidy(line) for line in (value or "").splitlines()).strip("\n")


def counted(count: int, one: str, many: str) -> str:
    """1 product, 1,200 products."""
    return f"{count:,} {one if count == 1 else many}"


def long_day(on: date | None) -> str:
    """Where the weekday matters: Friday 20 November, or nothing."""
    return f"{on:%A} {on.day} {on:%B}" if on else ""


def in_full(on: date) -> str:
    """Where the year matters: 5 November 2026."""
    return f"{on.day} {on:%B} {on.year}"
