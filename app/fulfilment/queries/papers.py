"""PDFs of shipments: what was asked for, what is made, and which file is somebody's."""

from collections.abc import Mapping

from sqlalchemy import select

from app.core.database import db
from app.fulfilment.models import PaperKind, ShipmentPaper


def papers_of(shipment_id: int) -> Mapping[PaperKind, ShipmentPaper]:
    question = select(ShipmentPaper).where(ShipmentPaper.shipment_id == shipment_id)
    return {PaperKind(paper.kind): paper for paper in db.session.scalars(question)}


def paper_of(shipment_id: int, kind: PaperKind, *, locked: bool = False) -> ShipmentPaper | None:
    question = select(ShipmentPaper).where(
        ShipmentPaper.shipment_id == shipment_id, ShipmentPaper.kind == kind
    )
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(question).one_or_none()


def is_kept(file: str) -> bool:
    return db.session.scalar(select(ShipmentPaper.id).where(ShipmentPaper.file == file).limit(1)) is not None
