"""Slips and lists of shipments: put together for the page, asked for as PDF, and kept once they are made."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from app.core import outbox
from app.core.access import Viewer
from app.core.business import business_lately
from app.core.database import db
from app.core.errors import NotFound
from app.core.files import FileStore
from app.core.transaction import use_case
from app.fulfilment.models import PaperKind, Shipment, ShipmentPaper
from app.fulfilment.papers import PickList, Slip, pick_list_of, slip_of
from app.fulfilment.queries import lines, notes, papers, shipments


class Content(NamedTuple):
    """What a PDF is made of, and the version of the shipment that it shows."""

    values: dict[str, Any]
    version: int
    at: datetime


def slips_for(viewer: Viewer, shipment_ids: Collection[int]) -> list[Slip]:
    """In this order, and each once."""
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in lines.lines_of_shipments(viewer, shipment_ids):
        rows[row.shipment_id].append(row)
    pairs, business = shipments.shipments_with_orders(viewer, shipment_ids), business_lately()
    written = notes.notes_of([order.id for _, order in pairs])
    found = {
        shipment.id: slip_of(order, shipment, rows[shipment.id], written[order.id], business)
        for shipment, order in pairs
    }
    return [found[shipment_id] for shipment_id in dict.fromkeys(shipment_ids) if shipment_id in found]


def slip_for(viewer: Viewer, shipment_id: int) -> Slip:
    found = slips_for(viewer, [shipment_id])
    if not found:
        raise NotFound(shipments.UNKNOWN)
    return found[0]


def pick_list_for(viewer: Viewer, shipment_ids: Collection[int]) -> PickList:
    """Of all these shipments together, but for what was put back meanwhile."""
    heads = shipments.heads_of(viewer, shipment_ids)
    return pick_list_of(heads, lines.lines_of_shipments(viewer, [head.id for head in heads]))


def content_of(viewer: Viewer, shipment_id: int, kind: PaperKind) -> Content:
    shipment = shipments.shipment_seen_by(viewer, shipment_id)
    paper: Slip | PickList
    if kind is PaperKind.PACKING_SLIP:
        paper = slip_for(viewer, shipment_id)
    else:
        paper = pick_list_for(viewer, [shipment_id])
    return Content(asdict(paper), shipment.version, shipment.updated_at)


@use_case
def ask(shipment_id: int, kind: PaperKind, *, by: Viewer) -> Shipment:
    """Made by the worker; asked for twice, or shown as it is already, it is made once."""
    shipment = shipments.shipment_seen_by(by, shipment_id, locked=True)
    paper = papers.paper_of(shipment.id, kind, locked=True)
    if paper and paper.version == shipment.version and (paper.file or not paper.problem):
        return shipment
    if paper is None:
        paper = ShipmentPaper(shipment_id=shipment.id, kind=kind)
        db.session.add(paper)
    _replace(paper, version=shipment.version)
    outbox.promise("fulfilment.make_pdf", shipment_id=shipment.id, kind=kind)
    return shipment


@use_case
def keep(shipment_id: int, kind: PaperKind, file: str, *, version: int, problem: str = "") -> None:
    """The problem says what it does not show."""
    paper = papers.paper_of(shipment_id, kind, locked=True)
    if paper is None:
        outbox.promise("fulfilment.forget_file", file=file)
    elif paper.file != file or paper.version != version:
        _replace(paper, version=version, file=file, problem=problem)


@use_case
def refuse(shipment_id: int, kind: PaperKind, *, problem: str) -> None:
    paper = papers.paper_of(shipment_id, kind, locked=True)
    if paper is not None and paper.file is None:
        paper.problem = problem[:200]


def _replace(paper: ShipmentPaper, *, version: int, file: str | None = None, problem: str = "") -> None:
    """The file it had goes once this is committed."""
    if paper.file and paper.file != file:
        outbox.promise("fulfilment.forget_file", file=paper.file)
    paper.version, paper.file, paper.problem = version, file, problem[:200]


def forget(file: str, files: FileStore) -> None:
    """Another shipment may show the very same paper: then it stays."""
    if not papers.is_kept(file):
        files.remove(file)
