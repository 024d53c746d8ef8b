"""Prices in a file, and prices on the lists."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    cast,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.catalogue.models import Price, PriceList, Product
from app.core.database import db, rows_changed
from app.core.paging import Sort
from app.core.streaming import EveryRow
from app.imports.columns import Values
from app.imports.judges.around import Standing
from app.imports.judges.prices import ENDS, LAST_DAY, AroundPrices
from app.imports.kinds import PRICES
from app.imports.models import ImportRow, Verdict
from app.imports.queries import parts
from app.imports.queries.parts import AS_BEFORE, AS_SENT, NO_VERSION, Document, Field, Part, Touched
from app.imports.queries.standing import among, as_row, lowered, texts_of

ENTITY, NAMED_BY = "price", ("sku",)
WORD = "price"  # what the log calls it
TABLES = (Price.__tablename__,)


def _product_id(document: Document, name: str) -> ColumnElement[Any]:
    of_sku = func.lower(Product.sku) == func.lower(parts.text(document, name))
    return select(Product.id).where(of_sku, Product.deleted_at.is_(None)).scalar_subquery()


KEYS = {
    "price_list": Field("price_list_id", parts.list_id),
    "sku": Field("product_id", _product_id),
    "min_qty": Field("min_qty", parts.whole),
    "valid_from": Field("valid_from", parts.day),
}
CHANGING = {"unit_price": Field("unit_price", parts.amount), "valid_to": Field("valid_to", parts.day)}
FIELDS = KEYS | CHANGING
BROUGHT: Document = type_coerce(ImportRow.before, JSONB)


def around(rows: Sequence[Values], *, on: date, locked: bool = False) -> AroundPrices:
    skus, lists = lowered(rows, "sku"), lowered(rows, "price_list")
    question = _prices().where(among(func.lower(Product.sku), skus), among(func.lower(PriceList.code), lists))
    if locked:
        question = question.order_by(Price.id).with_for_update(of=Price)
    stands: defaultdict[tuple[str, ...], dict[str, Standing]] = defaultdict(dict)
    for row in db.session.execute(question):
        texts = texts_of(row, PRICES)
        *of_one, first = PRICES.key_of(texts)
        stands[tuple(of_one)][first] = Standing(row.id, NO_VERSION, texts)
    of_skus = select(func.lower(Product.sku)).where(
        among(func.lower(Product.sku), skus), Product.deleted_at.is_(None)
    )
    known_lists = select(func.lower(PriceList.code)).where(PriceList.deleted_at.is_(None))
    return AroundPrices(
        stands=stands,
        lists=frozenset(db.session.scalars(known_lists)),
        skus=frozenset(db.session.scalars(of_skus)),
        today=on.isoformat(),
    )


def every_row() -> Iterator[SimpleNamespace]:
    order = func.concat_ws(
        " ",
        func.lower(Product.sku),
        func.lower(PriceList.code),
        func.lpad(cast(Price.min_qty, String), 9, "0"),
        func.coalesce(cast(Price.valid_from, String), ""),
    )
    for row in EveryRow(_prices(), Sort(order, Price.id)):
        yield as_row(texts_of(row, PRICES), PRICES)


def change(part: Part) -> None:
    """Before what is new: a price that ends earlier makes room."""
    _change(AS_SENT, part)


def add(part: Part) -> None:
    new = parts.assigned(FIELDS, AS_SENT, part.giving(KEYS)) | {"created_by": part.editor}
    db.session.execute(insert(Price).from_select([*new], select(*new.values()).where(part.rows(Verdict.NEW))))


def link(part: Part) -> None:
    keys = parts.assigned(KEYS, AS_SENT, part.giving(KEYS))
    same = [getattr(Price, name) == sent for name, sent in keys.items() if name != "valid_from"]
    same.append(Price.valid_from.is_not_distinct_from(keys["valid_from"]))
    db.session.execute(
        update(ImportRow)
        .where(part.rows(Verdict.NEW), *same)
        .values(row_id=Price.id)
        .execution_options(synchronize_session=False)
    )


def remove(part: Part) -> None:
    """Before the others get their last days back."""
    new = select(ImportRow.row_id).where(part.rows(Verdict.NEW))
    db.session.execute(delete(Price).where(Price.id.in_(new)).execution_options(synchronize_session=False))


def change_back(part: Part) -> None:
    _change(AS_BEFORE, part)


def end_earlier(part: Part) -> None:
    """A price that goes on for good ends where a new one begins."""
    _set_last_day(part, None, parts.day(BROUGHT, LAST_DAY))


def let_go_on(part: Part) -> None:
    _set_last_day(part, parts.day(BROUGHT, LAST_DAY), None)


WRITING = (change, end_earlier, add, link)
TAKING_BACK = (remove, let_go_on, change_back)
LAST = LAST_BACK = ()


def lines_in_use(_job_id: int) -> Sequence[int]:
    """Nothing hangs on a price: whoever bought at it has it on their order."""
    return ()


def _change(document: Document, part: Part) -> None:
    db.session.execute(
        update(Price)
        .where(part.rows(Verdict.CHANGED), Price.id == ImportRow.row_id)
        .values(**parts.assigned(CHANGING, document, part), updated_at=func.now())
        .execution_options(synchronize_session=False)
    )


def _set_last_day(part: Part, seen: ColumnElement[Any] | None, day: ColumnElement[Any] | None) -> None:
    """As long as it is the one that was seen."""
    ended = cast(parts.text(BROUGHT, ENDS), BigInteger)
    brings = (part.rows(Verdict.NEW), ImportRow.before.has_key(ENDS))
    changed = rows_changed(
        update(Price)
        .where(*brings, Price.id == ended, Price.valid_to.is_not_distinct_from(seen))
        .values(valid_to=day, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if changed != db.session.scalar(select(func.count()).select_from(ImportRow).where(*brings)):
        raise Touched


def _prices() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Price.id,
            PriceList.code.label("price_list"),
            Product.sku,
            Price.min_qty,
            Price.unit_price,
            Price.valid_from,
            Price.valid_to,
        )
        .join(PriceList, PriceList.id == Price.price_list_id)
        .join(Product, Product.id == Price.product_id)
        .where(Product.deleted_at.is_(None), PriceList.deleted_at.is_(None))
    )
