"""Price lists and the prices on them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, String, and_, case, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Customer
from app.catalogue.models import Price, PriceList, PriceListKind, Product
from app.catalogue.price_rows import PriceRow
from app.catalogue.pricing import PLACE
from app.catalogue.queries.products import products_seen_by
from app.catalogue.queries.search import ENOUGH, likest_first, meaning_of
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.paging import Page, Sort, page_of
from app.core.streaming import AT_A_TIME

A_FEW = 5
PLACE_OF_LIST = case(PLACE, value=PriceList.kind)
SHORTEST = func.round(Price.unit_price, func.greatest(2, func.min_scale(Price.unit_price)))


def price_lists() -> Sequence[Row[*tuple[Any, ...]]]:
    """The base list first, then lists and contracts; with how much is on each, and who buys by it."""
    buyer, holder = aliased(Customer), aliased(Customer)
    return db.session.execute(
        select(
            PriceList,
            select(func.count(Price.product_id.distinct()))
            .where(Price.price_list_id == PriceList.id)
            .scalar_subquery()
            .label("products"),
            select(func.count())
            .where(buyer.price_list_id == PriceList.id, buyer.deleted_at.is_(None))
            .scalar_subquery()
            .label("customers"),
            holder.name.label("holder"),
        )
        .outerjoin(holder, holder.id == PriceList.customer_id)
        .where(PriceList.deleted_at.is_(None))
        .order_by(PLACE_OF_LIST.desc(), func.lower(PriceList.name), PriceList.id)
    ).all()


def price_list(list_id: int, *, locked: bool = False) -> PriceList:
    question = select(PriceList).where(PriceList.id == list_id, PriceList.deleted_at.is_(None))
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that price list.")
    return found


def base_list() -> PriceList:
    """There is always exactly one."""
    return db.session.scalars(select(PriceList).where(PriceList.kind == PriceListKind.BASE)).one()


def customers_on(list_id: int) -> tuple[int, list[str]]:
    """How many buy by it, and the names of a few."""
    theirs = (Customer.price_list_id == list_id, Customer.deleted_at.is_(None))
    names = db.session.scalars(
        select(Customer.name).where(*theirs).order_by(func.lower(Customer.name)).limit(A_FEW)
    )
    return db.session.scalar(select(func.count()).where(*theirs)) or 0, list(names)


def holder_of(price_list: PriceList) -> Customer | None:
    """Whose contract it is."""
    return db.session.get(Customer, price_list.customer_id) if price_list.customer_id else None


def products_for_prices(
    list_id: int, *, q: str, with_price: bool, after: str | None, before: str | None
) -> Page[Any]:
    """The products that are on a list, or all of them to choose from."""
    rows, sort, given = _sought(list_id if with_price else None, q, at_most=ENOUGH)
    return page_of(rows, sort, after=after, before=before, given=given)


def every_price(list_id: int, *, q: str, on: date) -> Iterator[Row[*tuple[Any, ...]]]:
    """What the grid shows of these products, in its order: what is over is left out."""
    rows, sort, given = _sought(None, q, at_most=None)
    prices = (
        rows.join(Price, and_(Price.product_id == Product.id, Price.price_list_id == list_id))
        .join(PriceList, PriceList.id == Price.price_list_id)
        .where(func.coalesce(Price.valid_to, on) >= on)
        .with_only_columns(
            PriceList.code.label("price_list"),
            Product.sku,
            Price.min_qty,
            SHORTEST.label("unit_price"),
            Price.valid_from,
            Price.valid_to,
            maintain_column_froms=True,
        )
        .order_by(*sort.order(backwards=False), Price.min_qty, Price.valid_from.nulls_first())
    )
    yield from db.session.execute(prices, given, execution_options={"yield_per": AT_A_TIME})


def _sought(
    list_id: int | None, q: str, *, at_most: int | None
) -> tuple[Select[*tuple[Any, ...]], Sort, dict[str, str]]:
    rows = products_seen_by(SYSTEM).with_only_columns(
        Product.id, Product.sku, Product.name, Product.unit_label, Product.status
    )
    if list_id is not None:
        rows = rows.where(exists().where(Price.product_id == Product.id, Price.price_list_id == list_id))
    if q:
        meaning = meaning_of(q)
        found = likest_first(rows, meaning.is_anywhere, meaning.is_sure, at_most=at_most)
        return found.rows, found.sort, meaning.given
    return rows, Sort(func.lower(Product.name, type_=String()), Product.id), {}


def prices_on(list_id: int, product_ids: Collection[int]) -> dict[int, list[PriceRow]]:
    """By product, from the smallest quantity on, day after day."""
    prices = db.session.scalars(
        select(Price)
        .where(Price.price_list_id == list_id, Price.product_id.in_(product_ids))
        .order_by(Price.min_qty, Price.valid_from.nulls_first())
    )
    found: defaultdict[int, list[PriceRow]] = defaultdict(list)
    for price in prices:
        found[price.product_id].append(_row(price))
    return found


def _row(price: Price) -> PriceRow:
    return PriceRow(price.min_qty, price.unit_price, price.valid_from, price.valid_to)


def take_away(list_id: int, product_id: int, rows: Collection[PriceRow]) -> None:
    gone = [
        price.id
        for price in db.session.scalars(
            select(Price).where(Price.price_list_id == list_id, Price.product_id == product_id)
        )
        if _row(price) in rows
    ]
    if gone:
        db.session.execute(delete(Price).where(Price.id.in_(gone)))


def lists_that_may_decide(customer: Customer | None) -> Sequence[PriceList]:
    """For this customer, in the order in which they are asked; switched off ones as well, to say so."""
    theirs = [PriceList.kind == PriceListKind.BASE]
    if customer is not None:
        theirs += [PriceList.customer_id == customer.id, PriceList.id == customer.price_list_id]
    return db.session.scalars(
        select(PriceList)
        .where(or_(*theirs), PriceList.deleted_at.is_(None))
        .order_by(PLACE_OF_LIST, PriceList.id.desc())
    ).all()


def prices_by_list(product_id: int, lists: Sequence[PriceList]) -> dict[int, list[PriceRow]]:
    """What each of them has for one product."""
    list_ids = [one.id for one in lists]
    found: defaultdict[int, list[PriceRow]] = defaultdict(list)
    for price in db.session.scalars(
        select(Price).where(Price.product_id == product_id, Price.price_list_id.in_(list_ids))
    ):
        found[price.price_list_id].append(_row(price))
    return found


def product_called(typed: str) -> Product:
    """By its SKU, as somebody types it into a form."""
    question = products_seen_by(SYSTEM).where(func.lower(Product.sku) == typed.lower())
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise Refused(f"We know no product with the SKU {typed}.", field="sku")
    return found
