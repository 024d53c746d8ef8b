"""What somebody means who looks for an order: its number, its reference, a product in it, or its customer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    String,
    UnaryExpression,
    any_,
    bindparam,
    exists,
    func,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.sql.operators import custom_op

from app.accounts.models import Customer
from app.accounts.queries.people import SHORTEST_ANYWHERE, holds
from app.catalogue.models import Product
from app.catalogue.queries.search import ENOUGH
from app.core.database import db
from app.desk.queries.views import ORDER
from app.orders.models import OrderItem

LARGEST = 2**31 - 1
DIGITS = len(str(LARGEST))
MOST_PRODUCTS, MOST_CUSTOMERS = 100, 1000

_item = OrderItem.__table__
_reference = func.lower(ORDER.c.po_number, type_=String())
_newest = ORDER.c.id.desc()
_ids = {name: bindparam(name, type_=ARRAY(BigInteger)) for name in ("product_ids", "customer_ids")}
WAYS: dict[str, ColumnElement[bool]] = {
    "number": ORDER.c.number == bindparam("number", type_=Integer),
    "reference": (ORDER.c.po_number != "") & _reference.like(bindparam("reference", type_=String)),
    "products": exists(
        select(_item.c.id).where(
            _item.c.order_id == ORDER.c.id, _item.c.product_id == any_(_ids["product_ids"])
        )
    ),
    "customers": ORDER.c.customer_id == any_(_ids["customer_ids"]),
}
# References in the order of their index, so that it finds the first thousand and looks at nothing else.
FIRST: dict[str, UnaryExpression[Any]] = {
    "reference": UnaryExpression(_reference, modifier=custom_op("USING ~>~"))
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The ways in which a text can mean an order, and what each is looked for with."""

    ways: tuple[str, ...]
    given: dict[str, Any]


def meaning_of(q: str) -> Meaning:
    letters = q.lower().replace("\0", "")
    products, customers = _named(letters)
    given: dict[str, Any] = {"reference": f"{_as_they_are(letters)}%"}
    ways = ["reference"]
    number = letters.removeprefix("#").lstrip("0")
    if number.isdecimal() and number.isascii() and len(number) <= DIGITS and int(number) <= LARGEST:
        ways, given = [*ways, "number"], given | {"number": int(number)}
    if products:
        ways, given = [*ways, "products"], given | {"product_ids": products}
    if customers:
        ways, given = [*ways, "customers"], given | {"customer_ids": customers}
    return Meaning(tuple(ways), given)


def _named(letters: str) -> tuple[list[int], list[int]]:
    """Products whose code begins so, and customers with these letters in their name or code."""
    sku = func.lower(Product.sku)
    coded = sku == letters
    if len(letters) >= SHORTEST_ANYWHERE:
        pattern = f"{_as_they_are(letters)}%"
        coded = Product.letters.like(f"%{pattern}") & sku.like(pattern)
    products = select(literal("product"), Product.id).where(coded).limit(MOST_PRODUCTS)
    called = holds(Customer.name, letters) | holds(Customer.code, letters)
    customers = select(literal("customer"), Customer.id).where(called).limit(MOST_CUSTOMERS)
    found = db.session.execute(union_all(products.subquery().select(), customers.subquery().select())).all()
    return [row[1] for row in found if row[0] == "product"], [row[1] for row in found if row[0] == "customer"]


def _as_they_are(letters: str) -> str:
    """Nothing in it stands for other letters."""
    for sign in "\\%_":
        letters = letters.replace(sign, f"\\{sign}")
    return letters


def found_by(ways: tuple[str, ...], *narrowed: ColumnElement[bool], at_most: int | None = ENOUGH) -> Any:
    """The numbers of these rows, the newest of each way: a list counts no further."""
    return union(
        *(
            select(
                select(ORDER.c.id)
                .where(WAYS[way], *narrowed)
                .order_by(FIRST.get(way, _newest))
                .limit(at_most)
                .subquery()
            )
            for way in ways
        )
    )
