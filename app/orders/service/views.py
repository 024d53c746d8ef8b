"""Keeping views of the queue. They are a person's own bookmarks: nobody audits them."""

from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import refusing, use_case
from app.orders.models import SavedView
from app.orders.queries import views

MOST_VIEWS = 12
TAKEN = "You have a view of that name already. Type another."


@use_case
def keep(name: str, query: str, *, by: Viewer) -> SavedView:
    """These filters, under this name."""
    if views.count_of_views(by) >= MOST_VIEWS:
        raise Refused(f"You can keep {MOST_VIEWS} views. Delete one first.")
    view = SavedView(user_id=by.person_id, query=query)
    _call(view, name)
    return view


@use_case
def rename(view_id: int, name: str, *, by: Viewer) -> SavedView:
    view = views.view_of(by, view_id)
    _call(view, name)
    return view


@use_case
def remove(view_id: int, *, by: Viewer) -> SavedView:
    view = views.view_of(by, view_id)
    db.session.delete(view)
    return view


def _call(view: SavedView, name: str) -> None:
    with refusing(uq_saved_view_name=Refused(TAKEN, field="name")):
        view.name = name
        db.session.add(view)
        db.session.flush()
