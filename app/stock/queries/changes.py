"""The statements that change what stands on a shelf. One statement decides."""

from collections.abc import Collection

from sqlalchemy import BigInteger, Integer, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from app.catalogue.models import Product
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.questions import Question
from app.stock.models import MOST, MovementKind, StockItem, StockMovement


def product(product_id: int) -> Product:
    found = db.session.get(Product, product_id)
    if found is None or found.deleted_at:
        raise NotFound("We cannot find that product.")
    return found


def names_of(product_ids: Collection[int]) -> dict[int, str]:
    """Also of deleted ones: somebody asked for them."""
    rows = db.session.execute(select(Product.id, Product.name).where(Product.id.in_(product_ids)))
    return {row.id: row.name for row in rows}


_product_id, _quantity = bindparam("product_id", type_=BigInteger), bindparam("quantity", type_=Integer)
# Asked for every line of every order, so they are written once.
TAKE = Question(
    update(StockItem)
    .where(StockItem.product_id == _product_id, StockItem.sellable >= _quantity)
    .values(reserved=StockItem.reserved + _quantity)
    .returning(StockItem.product_id)
)
GIVE_BACK = Question(
    update(StockItem)
    .where(StockItem.product_id == _product_id, StockItem.reserved >= _quantity)
    .values(reserved=StockItem.reserved - _quantity)
    .returning(StockItem.product_id)
)


def take(product_id: int, quantity: int) -> bool:
    """Reserve in one statement, so two buyers can never share the last case."""
    return len(TAKE.ask(product_id=product_id, quantity=quantity)) == 1


def give_back(product_id: int, quantity: int) -> bool:
    """The opposite; false when less than that is reserved."""
    return len(GIVE_BACK.ask(product_id=product_id, quantity=quantity)) == 1


def locked(product_id: int) -> StockItem:
    """The row of this product, made when it is missing; nobody else moves it before we commit."""
    _make_row(product_id)
    question = select(StockItem).where(StockItem.product_id == product_id).with_for_update()
    return db.session.scalars(question.execution_options(populate_existing=True)).one()


def move(
    product_id: int, delta: int, *, kind: MovementKind, by: Viewer, reason: str = "", ref: str = ""
) -> StockMovement | None:
    """Change what is on hand, and say so in the ledger. None where fewer than none would be left."""
    _make_row(product_id)
    after = StockItem.on_hand + delta
    balance = db.session.scalar(
        update(StockItem)
        .where(StockItem.product_id == product_id, after.between(0, MOST))
        .values(on_hand=after)
        .returning(StockItem.on_hand)
    )
    if balance is None:
        return None
    movement = StockMovement(product_id=product_id, delta=delta, kind=kind, reason=reason, ref=ref)
    return _noted(movement, balance, by)


def send(product_id: int, quantity: int, *, ref: str, by: Viewer) -> StockMovement | None:
    """Out of the door, and no longer promised. None where so many are not there, or were not promised."""
    balance = db.session.scalar(
        update(StockItem)
        .where(
            StockItem.product_id == product_id,
            StockItem.on_hand >= quantity,
            StockItem.reserved >= quantity,
        )
        .values(on_hand=StockItem.on_hand - quantity, reserved=StockItem.reserved - quantity)
        .returning(StockItem.on_hand)
    )
    if balance is None:
        return None
    movement = StockMovement(product_id=product_id, delta=-quantity, kind=MovementKind.SHIP, ref=ref)
    return _noted(movement, balance, by)


def _noted(movement: StockMovement, balance: int, by: Viewer) -> StockMovement:
    movement.balance_after, movement.actor, movement.actor_name = balance, by.principal, by.name
    db.session.add(movement)
    db.session.flush()
    return movement


def _make_row(product_id: int) -> None:
    db.session.execute(
        insert(StockItem)
        .values(product_id=product_id)
        .on_conflict_do_nothing(index_elements=[StockItem.product_id])
    )
