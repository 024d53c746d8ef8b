"""What became different of an order, as its mail and its timeline tell it from the audit log."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel

from app.core.text import long_day

LONGEST_TOLD = 80  # more than that is a text of its own
NONE = "none"


class Named(Protocol):
    """A line of the order."""

    @property
    def sku(self) -> str: ...
    @property
    def name(self) -> str: ...


class Difference(BaseModel):
    """Kept with the promise of a mail, as JSON."""

    what: str
    sku: str = ""
    before: str
    after: str

    def __str__(self) -> str:
        told = f"{self.before} → {self.after}"
        return f"{self.what}: {told}" if len(told) <= LONGEST_TOLD else self.what


def differences(diff: Mapping[str, Any], lines: Iterable[Named]) -> list[Difference]:
    """Line by line as the order has them, then what else the buyer agreed to."""
    told = diff.get("lines", {})
    quantities = [
        Difference(
            what=line.name, sku=line.sku, before=f"{told[line.sku][0]:,}", after=f"{told[line.sku][1]:,}"
        )
        for line in lines
        if line.sku in told
    ]
    terms = [
        Difference(what=what, before=_said(say, diff[name][0]), after=_said(say, diff[name][1]))
        for name, (what, say) in TERMS.items()
        if name in diff
    ]
    return quantities + terms


def _said(say: Callable[[Any], str], value: Any) -> str:
    return say(value) if value else NONE


def _day(on: str) -> str:
    return long_day(date.fromisoformat(on))


def in_one_line(door: Mapping[str, Any]) -> str:
    lines = [door["name"], door["line1"], door.get("line2"), f"{door['city']} {door['postcode']}"]
    return ", ".join(line for line in lines if line)


TERMS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "promised_on": ("Day", _day),
    "deliver_to": ("Address", in_one_line),
    "po_number": ("Reference", str),
    "notes": ("Note", str),
}
