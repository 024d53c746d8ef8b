"""What a packing slip and a pick list say, for the page and for the PDF alike."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core.bars import Bars, bars_of
from app.core.business import Business
from app.customers.papers import address_lines, letterhead
from app.fulfilment.models import Shipment, ShipmentStatus
from app.orders.models import Order


@dataclass(frozen=True, slots=True)
class SlipLine:
    """`packed` is None as long as somebody is still picking."""

    shelf: str
    name: str
    sku: str
    unit: str
    ordered: int
    packed: int | None


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes into the box: no prices."""

    number: str
    bars: Bars
    sender: list[str]
    deliver_to: list[str]
    facts: list[tuple[str, str]]
    notes: list[str]
    lines: list[SlipLine]
    missing: list[str]
    packed: str
    phone: str


@dataclass(slots=True)
class Take:
    """So much of one product from its shelf, and how much of that is for which shipment."""

    shelf: str
    name: str
    sku: str
    unit: str
    total: int = 0
    shares: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Head:
    """One shipment of a list."""

    id: int
    number: str
    company: str
    day: str


@dataclass(frozen=True, slots=True)
class PickList:
    """Along the shelves, for one shipment or for several at once."""

    title: str
    shipments: list[Head]
    takes: list[Take]

    @property
    def is_shared(self) -> bool:
        return len(self.shipments) > 1


def along_the_shelves(shelf: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """A-2 comes before A-11; what has no shelf comes last."""
    parts = re.findall(r"[0-9]+|[^0-9]+", shelf.upper())
    return not shelf, [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def slip_of(
    order: Order, shipment: Shipment, rows: Collection[Any], notes: Iterable[Any], business: Business
) -> Slip:
    """The rows are the lines of this shipment; the notes, what the buyer and we wrote to each other."""
    said = [order.deliver_to.get("instructions"), order.notes, *(note.text for note in notes)]
    lines = [
        SlipLine(row.shelf, row.name, row.sku, row.unit_label, row.quantity, _packed(row, shipment))
        for row in sorted(rows, key=lambda row: (along_the_shelves(row.shelf), row.line))
    ]
    return Slip(
        number=shipment.number,
        bars=bars_of(str(order.number)),
        sender=letterhead(
            name=business.name, address=business.address, phone=business.phone, email=business.email
        ),
        deliver_to=[*address_lines(order.deliver_to), *([order.buyer_name] if order.buyer_name else [])],
        facts=_facts(order),
        notes=[words for words in said if words],
        lines=lines,
        missing=list(_missing(order, rows if shipment.is_open else ())),
        packed=_packed_by(shipment, business),
        phone=business.phone,
    )


def _packed(row: Any, shipment: Shipment) -> int | None:
    return None if shipment.status == ShipmentStatus.PICKING else row.picked


def _facts(order: Order) -> list[tuple[str, str]]:
    facts = [("Order", str(order.number))]
    if order.po_number:
        facts.append(("Your ref", order.po_number))
    if order.promised_on:
        facts.append(("Delivery", day_of(order.promised_on)))
    if order.delivery_method:
        facts.append(("By", order.delivery_method))
    return facts


def _missing(order: Order, about_to_go: Iterable[Any]) -> Iterable[str]:
    """What was ordered and is not in the box, and what becomes of it."""
    here = {row.line: row.planned if row.picked is None else row.picked for row in about_to_go}
    for item in order.items:
        later = item.held - here.get(item.line, 0)
        if later:
            yield f"{later:,} of {item.name} will follow."
        if item.quantity_cancelled:
            yield f"{item.quantity_cancelled:,} of {item.name} will not come, and nothing is charged for them."


def _packed_by(shipment: Shipment, business: Business) -> str:
    if shipment.packed_at is None:
        return ""
    by = f" by {shipment.picker_name}" if shipment.picker_name else ""
    return f"Packed{by}, {moment_of(shipment.packed_at, business)}"


def day_of(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"


def moment_of(at: datetime, business: Business) -> str:
    local = at.astimezone(ZoneInfo(business.time_zone))
    return f"{local.day} {local:%b %Y %H:%M}"


def pick_list_of(heads: Sequence[Any], rows: Iterable[Any]) -> PickList:
    """Each shipment with its number, customer and day; the rows are all their lines."""
    takes: dict[int, Take] = {}
    for row in rows:
        take = takes.setdefault(row.product_id, Take(row.shelf, row.name, row.sku, row.unit_label))
        quantity = row.planned if row.picked is None else row.picked
        take.total += quantity
        take.shares.append((row.shipment, quantity))
    ordered = sorted(takes.values(), key=lambda take: (along_the_shelves(take.shelf), take.name, take.sku))
    return PickList(_title(heads), [_head(head) for head in heads], ordered)


def _title(heads: Sequence[Any]) -> str:
    if len(heads) > 1:
        return f"Pick list for {len(heads)} orders"
    return f"Pick list {heads[0].number}" if heads else "Pick list"


def _head(row: Any) -> Head:
    day = day_of(row.promised_on) if row.promised_on else ""
    return Head(row.id, row.number, row.company or "", day)
