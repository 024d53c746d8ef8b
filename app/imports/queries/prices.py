"""Prices in a file, and prices on the lists."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, delete, func, insert, select, update

from app.catalogue.models import Price, PriceList, Product
from app.core.database import db
from app.core.paging import Sort
from app.core.streaming import EveryRow
from app.imports.columns import Values, unknown
from app.imports.kinds import PRICES
from app.imports.kinds.kind import Problems
from app.imports.models import ImportRow, Verdict
from app.imports.queries import parts
from app.imports.queries.parts import AS_BEFORE, AS_SENT, Document, Field, Part
from app.imports.queries.standing import ReadRow, Standing, among, as_row, lowered, texts_of

ENTITY, NAMED_BY = "price", ("sku",)
WORD = "price"  # what the log calls it
TABLES = (Price.__tablename__,)
NO_VERSION = 0
FOR_GOOD = "9999-12-31"

Key = tuple[str, ...]


def _list_id(document: Document, name: str) -> ColumnElement[Any]:
    of_code = func.lower(PriceList.code) == func.lower(parts.text(document, name))
    return select(PriceList.id).where(of_code, PriceList.deleted_at.is_(None)).scalar_subquery()


def _product_id(document: Document, name: str) -> ColumnElement[Any]:
    of_sku = func.lower(Product.sku) == func.lower(parts.text(document, name))
    return select(Product.id).where(of_sku, Product.deleted_at.is_(None)).scalar_subquery()


KEYS = {
    "price_list": Field("price_list_id", _list_id),
    "sku": Field("product_id", _product_id),
    "min_qty": Field("min_qty", parts.whole),
    "valid_from": Field("valid_from", parts.day),
}
CHANGING = {"unit_price": Field("unit_price", parts.amount), "valid_to": Field("valid_to", parts.day)}
FIELDS = KEYS | CHANGING


@dataclass(frozen=True, slots=True)
class Around:
    """By list, SKU, quantity and first day: the prices of every product in the file."""

    stands: Mapping[Key, Standing]
    lists: frozenset[str]
    skus: frozenset[str]

    def standing(self, values: Values) -> Standing | None:
        return self.stands.get(PRICES.key_of(values))

    def problems(self, values: Values, standing: Standing | None) -> Problems:
        found: Problems = {}
        if values["price_list"].lower() not in self.lists:
            found["price_list"] = unknown(values["price_list"], sorted(self.lists))
        if values["sku"].lower() not in self.skus:
            found["sku"] = f"No product has the SKU {values['sku']}."
        return found | PRICES.rule({**standing.texts, **values} if standing else values)

    def clashes(self, rows: Sequence[ReadRow]) -> Mapping[int, Problems]:
        """Two prices of one list, product and quantity must not hold on one day: with the whole file written."""
        ranges: defaultdict[Key, dict[str, tuple[str, int]]] = defaultdict(dict)
        for key, standing in self.stands.items():
            ranges[key[:3]][key[3]] = (standing.texts["valid_to"], 0)
        for row in rows:
            key = PRICES.key_of(row.values)
            last = row.values.get("valid_to", ranges[key[:3]].get(key[3], ("", 0))[0])
            ranges[key[:3]][key[3]] = (last, row.line)
        found: dict[int, Problems] = {}
        for prices in ranges.values():
            found |= _overlaps(sorted(prices.items()))
        return found


def _overlaps(prices: list[tuple[str, tuple[str, int]]]) -> dict[int, Problems]:
    """In the order of their first days; the row to blame is the one of the file, and the later of two."""
    found: dict[int, Problems] = {}
    for (first, (last, line)), (next_first, (_, next_line)) in pairwise(prices):
        if (last or FOR_GOOD) >= next_first and (line or next_line):
            begins = f"the one from {first}" if first else "the one that holds from the beginning"
            said = f"On {next_first} two prices would hold: {begins} goes on. Give it a last day in the same file."
            found[next_line or line] = {"valid_from": said}
    return found


def around(rows: Sequence[Values], *, locked: bool = False) -> Around:
    skus, lists = lowered(rows, "sku"), lowered(rows, "price_list")
    question = _prices().where(among(func.lower(Product.sku), skus), among(func.lower(PriceList.code), lists))
    if locked:
        question = question.order_by(Price.id).with_for_update(of=Price)
    found = {}
    for row in db.session.execute(question):
        texts = texts_of(row, PRICES)
        found[PRICES.key_of(texts)] = Standing(row.id, NO_VERSION, texts)
    of_skus = select(func.lower(Product.sku)).where(
        among(func.lower(Product.sku), skus), Product.deleted_at.is_(None)
    )
    known_lists = select(func.lower(PriceList.code)).where(PriceList.deleted_at.is_(None))
    return Around(found, frozenset(db.session.scalars(known_lists)), frozenset(db.session.scalars(of_skus)))


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


WRITING = (change, add, link)
TAKING_BACK = (remove, change_back)


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
