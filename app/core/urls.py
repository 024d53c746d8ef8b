"""Addresses as somebody typed them into a setting."""

from urllib.parse import SplitResult, urlsplit


def parts_of(url: str) -> SplitResult | None:
    """None for what only looks like an address."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read when asked for, and refused only then
    except ValueError:
        return None
    return parts
