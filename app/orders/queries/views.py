"""The views of the queue that somebody keeps."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, func, select

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound
from app.core.questions import Question
from app.orders.models import SavedView


class KeptView(NamedTuple):
    """As the queue shows it: a tab with an address."""

    id: int
    name: str
    query: str


_view = SavedView.__table__
KEPT = Question(
    select(_view.c.id, _view.c.name, _view.c.query)
    .where(_view.c.user_id == bindparam("user_id", type_=BigInteger))
    .order_by(func.lower(_view.c.name))
)


def views_of(viewer: Viewer) -> Sequence[KeptView]:
    """By name. Nobody sees what others keep."""
    return [KeptView(*row) for row in KEPT.ask(user_id=viewer.person_id)]


def view_of(viewer: Viewer, view_id: int) -> SavedView:
    question = select(SavedView).where(SavedView.user_id == viewer.person_id, SavedView.id == view_id)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound("We cannot find that view.")
    return found


def count_of_views(viewer: Viewer) -> int:
    question = select(func.count()).where(SavedView.user_id == viewer.person_id)
    return db.session.scalar(question) or 0
