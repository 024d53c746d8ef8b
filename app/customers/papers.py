"""Who writes and where it goes, as lines at the top of a paper."""

from typing import Any

HOME = "GB"


def letterhead(*, name: str, address: str, phone: str, email: str) -> list[str]:
    """The address may begin with the name, which stands there already."""
    lines = [line for line in address.splitlines() if line not in ("", name)]
    to_ring = " · ".join(word for word in (phone, email) if word)
    return [name, *lines, *([to_ring] if to_ring else [])]


def address_lines(address: dict[str, Any]) -> list[str]:
    """A door as it was written down with the order."""
    town = " ".join(str(address[part]) for part in ("city", "postcode") if address.get(part))
    abroad = address.get("country") if address.get("country") != HOME else None
    lines = [address.get("name"), address.get("line1"), address.get("line2"), town, abroad]
    return [str(line) for line in lines if line]
