"""Keeping order pads. Like the basket, they are a person's own notes: nobody audits them."""

from collections.abc import Mapping

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import refusing, use_case
from app.orders.models import Basket
from app.orders.queries import baskets as rows
from app.orders.queries import pads
from app.orders.service import baskets
from app.orders.service.baskets import Told

MOST_PADS = 20
LONGEST_NAME = 60
PAD = "pad"


@use_case
def keep(name: str, wanted: Mapping[int, int] | None = None, *, by: Viewer) -> tuple[Basket, Told]:
    """So many of each under a name; without any, what is in the basket, where it stays as well."""
    basket_id = baskets.own_basket(by)  # locked, so that two tabs never make one pad too many
    if wanted is None:
        wanted = rows.quantities_in(basket_id)
    if not wanted:
        raise Refused("Put something in your basket first.")
    if pads.count_of_pads(by) >= MOST_PADS:
        raise Refused(f"You can keep {MOST_PADS} order pads. Delete one first.")
    pad = Basket(user_id=by.person_id, customer_id=by.customer_id)
    _call(pad, name)
    return pad, baskets.fill(pad.id, wanted, by=by, called=PAD)


@use_case
def rename(pad_id: int, name: str, *, by: Viewer) -> Basket:
    pad = pads.pad_seen_by(by, pad_id, locked=True)
    _call(pad, name)
    return pad


@use_case
def set_quantities(pad_id: int, wanted: Mapping[int, int], *, by: Viewer) -> Told:
    """From now on so many of each; none takes it off the pad."""
    pad = pads.pad_seen_by(by, pad_id, locked=True)
    if not wanted:
        return []
    pads.touch(pad.id)
    return baskets.fill(pad.id, wanted, by=by, called=PAD)


@use_case
def put_in_basket(pad_id: int, *, by: Viewer) -> Told:
    """All of it; the pad stays as it is."""
    return baskets.top_up(rows.quantities_in(pads.pad_seen_by(by, pad_id).id), by=by)


@use_case
def remove(pad_id: int, *, by: Viewer) -> Basket:
    pad = pads.pad_seen_by(by, pad_id, locked=True)
    pads.remove(pad.id)
    return pad


def _call(pad: Basket, name: str) -> None:
    if not name:
        raise Refused("Type a name, like Every Friday.", field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(f"Use {LONGEST_NAME} characters or fewer.", field="name")
    taken = Refused("You have an order pad of this name already. Type another.", field="name")
    with refusing(uq_basket_name=taken):
        pad.name = name
        db.session.add(pad)
        db.session.flush()
