"""The open basket of a person: what is in it, and the statements that change it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ARRAY, BigInteger, Date, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Customer, CustomerStatus
from app.catalogue.models import Category, Product, ProductStatus
from app.catalogue.queries.products import products_seen_by
from app.catalogue.queries.taxes import rate_of
from app.core.access import Viewer
from app.core.database import db
from app.core.questions import Question
from app.orders.models import Basket, BasketItem
from app.orders.priced import Contents, Item
from app.stock.models import StockItem
from app.stock.queries.standing import FIGURES

_user_id, _customer_id = bindparam("user_id", type_=BigInteger), bindparam("customer_id", type_=BigInteger)
_customer, _basket, _item = Customer.__table__, Basket.__table__, BasketItem.__table__
_product, _category, _stock = Product.__table__, Category.__table__, StockItem.__table__

# What a page needs to know of each product that somebody wants.
ITEM = (
    _product.c.id.label("product_id"),
    _product.c.sku,
    _product.c.name,
    _product.c.unit_label,
    _product.c.pack_size,
    _product.c.min_qty,
    _product.c.max_qty,
    _product.c.status,
    _product.c.deleted_at,
    _product.c.thumbnail,
    _category.c.icon,
    rate_of(_product.c.tax_class_id, bindparam("on", type_=Date)).label("tax_rate"),
    *FIGURES,
)
# Every page of the shop shows the basket, so this is written once. Whoever has none gets one empty row.
CONTENTS = Question(
    select(
        _customer.c.tax_treatment,
        _customer.c.status.label("customer_status"),
        _item.c.quantity,
        *ITEM,
    )
    .select_from(_customer)
    .outerjoin(
        _basket,
        (_basket.c.customer_id == _customer.c.id)
        & (_basket.c.user_id == _user_id)
        & _basket.c.name.is_(None),
    )
    .outerjoin(_item, _item.c.basket_id == _basket.c.id)
    .outerjoin(_product, _product.c.id == _item.c.product_id)
    .outerjoin(_category, _category.c.id == _product.c.category_id)
    .outerjoin(_stock, _stock.c.product_id == _product.c.id)
    .where(_customer.c.id == _customer_id)
    .order_by(_item.c.id)
)
WANTED = Question(
    select(*ITEM)
    .select_from(_product)
    .outerjoin(_category, _category.c.id == _product.c.category_id)
    .outerjoin(_stock, _stock.c.product_id == _product.c.id)
    .where(_product.c.id == any_(bindparam("product_ids", type_=ARRAY(BigInteger))))
)
WAITING = Question(
    select(func.count().label("lines"))
    .join_from(_item, _basket, _basket.c.id == _item.c.basket_id)
    .where(_basket.c.user_id == _user_id, _basket.c.customer_id == _customer_id, _basket.c.name.is_(None))
)


def contents_seen_by(viewer: Viewer, on: date) -> Contents:
    """What the viewer has put aside, with the tax rates of the day."""
    rows = CONTENTS.ask(user_id=viewer.user_id, customer_id=viewer.customer_id, on=on)
    treatment, status, *_ = rows[0] if rows else ("standard", CustomerStatus.ACTIVE)
    return Contents(treatment, [Item(*row[2:]) for row in rows if row.product_id is not None], status)


def items_wanted(wanted: Mapping[int, int], on: date) -> list[Item]:
    """So many of each product, in this order; a product that never was is left out."""
    rows = {row.product_id: row for row in WANTED.ask(product_ids=list(wanted), on=on)}
    return [Item(quantity, *rows[one]) for one, quantity in wanted.items() if one in rows]


def lines_waiting(viewer: Viewer) -> int:
    """For the menu of a page that does not know its reader's basket."""
    waiting: int = WAITING.ask(user_id=viewer.user_id, customer_id=viewer.customer_id).one().lines
    return waiting


def open_basket(user_id: int, customer_id: int) -> int:
    """Made when it is not there, and locked: what one tab does waits for the other."""
    opened = (
        insert(Basket)
        .values(user_id=user_id, customer_id=customer_id)
        .on_conflict_do_update(
            index_elements=["user_id", "customer_id"],
            index_where=Basket.name.is_(None),
            set_={"updated_at": func.now()},
        )
        .returning(Basket.id)
    )
    return db.session.execute(opened).scalar_one()


def quantities_in(basket_id: int) -> dict[int, int]:
    """In the order in which they were put in."""
    rows = db.session.execute(
        select(BasketItem.product_id, BasketItem.quantity)
        .where(BasketItem.basket_id == basket_id)
        .order_by(BasketItem.id)
    )
    return {row.product_id: row.quantity for row in rows}


def put_in(basket_id: int, quantities: Mapping[int, int]) -> None:
    """Line by line: of two tabs, each keeps what it put in."""
    rows = [
        {"basket_id": basket_id, "product_id": product_id, "quantity": quantity}
        for product_id, quantity in sorted(quantities.items())
    ]
    lines = insert(BasketItem).values(rows)
    db.session.execute(
        lines.on_conflict_do_update(
            index_elements=["basket_id", "product_id"],
            set_={"quantity": lines.excluded.quantity, "updated_at": func.now()},
        )
    )


def take_out(basket_id: int, product_ids: Collection[int]) -> None:
    db.session.execute(
        delete(BasketItem).where(BasketItem.basket_id == basket_id, BasketItem.product_id.in_(product_ids))
    )


def count_of_lines(basket_id: int) -> int:
    return db.session.scalar(select(func.count()).where(BasketItem.basket_id == basket_id)) or 0


def names_of_what_is_gone(product_ids: Collection[int]) -> Sequence[str]:
    """Of products that were on sale once: nobody learns the name of a draft."""
    if not product_ids:
        return []
    was_on_sale = Product.id.in_(product_ids), Product.status != ProductStatus.DRAFT
    return db.session.scalars(select(Product.name).where(*was_on_sale).order_by(Product.name)).all()


def products_in_sight(viewer: Viewer, product_ids: Collection[int]) -> dict[int, Product]:
    """Those that the viewer may put in a basket."""
    found = db.session.scalars(products_seen_by(viewer).where(Product.id.in_(product_ids)))
    return {product.id: product for product in found}
