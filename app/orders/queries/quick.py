"""Which products are called what somebody typed, and which are called nearly so."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select, true, union

from app.catalogue.models import Product, ProductStatus
from app.catalogue.queries.products import products_seen_by
from app.core.access import ANONYMOUS, Viewer
from app.core.database import db
from app.core.questions import Question
from app.orders.models import Order, OrderItem
from app.orders.queries.orders import orders_seen_by
from app.orders.quick import Known
from app.orders.states import OrderStatus

MOST_ALIKE = 5  # for each code
MOST_GUESSED = 50  # codes: a list of which more are wrong is the wrong list

_product = Product.__table__
KNOWN = (
    _product.c.id,
    _product.c.sku,
    _product.c.name,
    _product.c.barcode,
    _product.c.family_code,
    (_product.c.status == ProductStatus.ACTIVE).label("is_on_sale"),
)
# Nobody learns of a draft; what was sold once is told apart from what never was.
_was_ours = (_product.c.deleted_at.is_(None), _product.c.status != ProductStatus.DRAFT)
_codes, _low = (bindparam(name, type_=ARRAY(Text)) for name in ("codes", "low"))
CALLED = Question(
    select(*KNOWN)
    .where(
        _product.c.id.in_(
            union(  # each by its own index
                select(_product.c.id).where(func.lower(_product.c.sku) == any_(_low), *_was_ours),
                select(_product.c.id).where(
                    _product.c.barcode == any_(_codes), _product.c.barcode != "", *_was_ours
                ),
                select(_product.c.id).where(
                    _product.c.family_code == any_(_codes), _product.c.family_code != "", *_was_ours
                ),
            )
        )
    )
    .order_by(func.lower(_product.c.sku))
)


def _alike() -> Question:
    code = func.unnest(_low).column_valued("code")
    letters = Product.letters
    nearest = (
        products_seen_by(ANONYMOUS)
        .with_only_columns(*KNOWN)
        .where(letters.bool_op("%>")(code))
        .order_by(func.word_similarity(code, letters).desc(), func.lower(Product.sku))
        .limit(MOST_ALIKE)
        .lateral("nearest")
    )
    return Question(select(code, nearest).join(nearest, true()))


ALIKE = _alike()


def products_called(codes: Collection[str]) -> list[Known]:
    """Families are written in capitals, or as somebody wrote them."""
    if not codes:
        return []
    spelt = [*{spelling for code in codes for spelling in (code, code.upper())}]
    return [Known(*row) for row in CALLED.ask(codes=spelt, low=[code.lower() for code in codes])]


def products_alike(codes: Sequence[str]) -> dict[str, list[Known]]:
    """On sale, the likest first."""
    found: defaultdict[str, list[Known]] = defaultdict(list)
    wanted = list(dict.fromkeys(code.lower() for code in codes))[:MOST_GUESSED]
    for row in ALIKE.ask(low=wanted) if wanted else ():
        found[row[0]].append(Known(*row[1:]))
    return found


def last_bought(viewer: Viewer) -> Sequence[tuple[str, int]]:
    """The SKUs of the company's latest order as they are today, and how many."""
    latest = orders_seen_by(viewer).where(Order.status != OrderStatus.CANCELLED).with_only_columns(Order.id)
    bought = (
        select(Product.sku, OrderItem.quantity - OrderItem.quantity_cancelled)
        .join_from(OrderItem, Product, Product.id == OrderItem.product_id)
        .where(
            OrderItem.order_id == latest.order_by(Order.id.desc()).limit(1).scalar_subquery(),
            OrderItem.quantity > OrderItem.quantity_cancelled,
        )
    )
    return [(sku, quantity) for sku, quantity in db.session.execute(bought.order_by(OrderItem.line))]
