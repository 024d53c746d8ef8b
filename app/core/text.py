"""What a person meant by what they typed."""

import unicodedata


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
