"""Stock counts in a file, and what stands on the shelves.

Movements are written while nobody waits. The shelves come last: one statement locks them in the order in which
orders do, changes those that still hold what was seen, and the commit follows at once.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql

from app.catalogue.models import Product
from app.core.database import db, rows_changed
from app.core.paging import Sort
from app.core.streaming import EveryRow
from app.imports.columns import Values
from app.imports.judges.around import Standing
from app.imports.judges.stock import AroundStock
from app.imports.kinds import STOCK
from app.imports.models import ImportRow
from app.imports.queries import parts
from app.imports.queries.parts import (
    AS_BEFORE,
    AS_SENT,
    NO_VERSION,
    TO_WRITE,
    Document,
    Field,
    Part,
    Touched,
)
from app.imports.queries.standing import among, as_row, lowered, texts_of
from app.stock.models import MovementKind, StockItem, StockMovement

ENTITY, NAMED_BY = "product", ("sku",)
WORD = "stock"  # what the log calls it
TABLES = (StockItem.__tablename__,)

LIMITS = {
    "low_at": Field("low_at", parts.whole),
    "backorder_limit": Field("backorder_limit", parts.whole),
    "back_on": Field("back_on", parts.day),
}


def around(rows: Sequence[Values], *, on: date, locked: bool = False) -> AroundStock:
    """Never locked here: orders take from these rows, and the last statement looks again."""
    question = _shelves().where(among(func.lower(Product.sku), lowered(rows, "sku")))
    stands = {
        row.sku.lower(): Standing(row.id, NO_VERSION, texts_of(row, STOCK))
        for row in db.session.execute(question)
    }
    return AroundStock(stands, today=on.isoformat())


def every_row() -> Iterator[SimpleNamespace]:
    """Also of products that have no shelf yet: the list that somebody counts by."""
    for row in EveryRow(_shelves(), Sort(func.lower(Product.sku), Product.id)):
        yield as_row(texts_of(row, STOCK), STOCK)


def make_shelves(part: Part) -> None:
    """For products that never had any stock."""
    missing = select(ImportRow.row_id).where(part.rows(*TO_WRITE)).order_by(ImportRow.row_id)
    db.session.execute(
        postgresql.insert(StockItem)
        .from_select(["product_id"], missing)
        .on_conflict_do_nothing(index_elements=[StockItem.product_id])
    )


def note_movements(part: Part) -> None:
    _move(AS_BEFORE, AS_SENT, part)


def note_opposite_movements(part: Part) -> None:
    _move(AS_SENT, AS_BEFORE, part)


def change(part: Part) -> None:
    _change(AS_BEFORE, AS_SENT, part)


def change_back(part: Part) -> None:
    _change(AS_SENT, AS_BEFORE, part)


WRITING = (make_shelves, note_movements)
TAKING_BACK = (note_opposite_movements,)
LAST, LAST_BACK = (change,), (change_back,)


def lines_in_use(_job_id: int) -> Sequence[int]:
    """What moved since shows in the figures."""
    return ()


def _move(from_document: Document, to_document: Document, part: Part) -> None:
    """As it will have been, if the shelf still holds what was seen; if not, none of this happens."""
    if "on_hand" not in part.given:
        return
    before, after = parts.whole(from_document, "on_hand"), parts.whole(to_document, "on_hand")
    db.session.execute(
        insert(StockMovement).from_select(
            ["product_id", "delta", "kind", "reason", "ref", "balance_after", "actor", "actor_name"],
            select(
                ImportRow.row_id,
                after - before,
                literal(MovementKind.IMPORT.value),
                literal("" if to_document is AS_SENT else "Undone"),
                literal(part.ref),
                after,
                literal(part.by.principal),
                literal(part.by.name),
            ).where(part.rows(*TO_WRITE), before != after),
        )
    )


def _change(from_document: Document, to_document: Document, part: Part) -> None:
    """All shelves at once, in ascending order, or none."""
    held = (
        select(StockItem.id, ImportRow.id.label("import_row_id"))
        .join(ImportRow, ImportRow.row_id == StockItem.product_id)
        .where(part.rows(*TO_WRITE), *_as_seen(from_document, part))
        .order_by(StockItem.product_id)
        .with_for_update(of=StockItem, key_share=True)
        .cte("held")
    )
    new: dict[str, Any] = dict(parts.assigned(LIMITS, to_document, part))
    if "on_hand" in part.given:
        new["on_hand"] = parts.whole(to_document, "on_hand")
    wanted = db.session.scalar(select(func.count()).where(part.rows(*TO_WRITE)))  # before anybody waits
    changed = rows_changed(
        update(StockItem)
        .where(StockItem.id == held.c.id, ImportRow.id == held.c.import_row_id)
        .values(**new, version=StockItem.version + 1, updated_by=part.editor, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if changed != wanted:
        raise Touched


def _as_seen(document: Document, part: Part) -> list[ColumnElement[bool]]:
    seen: dict[str, Any] = dict(parts.assigned(LIMITS, document, part))
    if "on_hand" in part.given:
        seen["on_hand"] = parts.whole(document, "on_hand")
    return [getattr(StockItem, name).is_not_distinct_from(value) for name, value in seen.items()]


def _shelves() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Product.id,
            Product.sku,
            func.coalesce(StockItem.on_hand, 0).label("on_hand"),
            StockItem.low_at,
            func.coalesce(StockItem.backorder_limit, 0).label("backorder_limit"),
            StockItem.back_on,
        )
        .select_from(Product)
        .outerjoin(StockItem, StockItem.product_id == Product.id)
        .where(Product.deleted_at.is_(None))
    )
