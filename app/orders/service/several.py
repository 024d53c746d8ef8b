"""The same done to several orders: each by itself, so that one which cannot is no reason against the others."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from app.core.access import Viewer
from app.core.errors import NotAllowed, Refusal
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving


class Outcome(NamedTuple):
    """What became of one of them; `refusal` is empty where it was done."""

    number: int
    refusal: str


def confirm(numbers: Iterable[int], *, by: Viewer, at: datetime) -> list[Outcome]:
    return _each(numbers, lambda number: moving.confirm(number, by=by, at=at))


def move_day(numbers: Iterable[int], day: date, *, by: Viewer, at: datetime) -> list[Outcome]:
    changes = Changes(deliver_on=day)
    return _each(numbers, lambda number: amending.amend(number, changes, by=by, at=at))


def _each(numbers: Iterable[int], work: Callable[[int], Order]) -> list[Outcome]:
    """In the order of their numbers, each a transaction of its own."""
    return [Outcome(number, _refusal(number, work)) for number in sorted(set(numbers))]


def _refusal(number: int, work: Callable[[int], Order]) -> str:
    try:
        work(number)
    except NotAllowed:
        raise  # whoever may not do this may do it with none of them
    except Refusal as refusal:
        return refusal.message
    return ""
