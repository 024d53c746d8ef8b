"""Views of the queue that a person keeps: each is a tab of theirs."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.desk.forms.several import ViewForm
from app.desk.pages.blueprint import bp
from app.desk.pages.queue import SHOWN, query_of, view_of, wanted_now
from app.orders.models import SavedView
from app.orders.queries.views import view_of as kept_view
from app.orders.service import views
from app.web.access import requires, viewer
from app.web.idempotency import once


@bp.route("/desk/orders/views/new", methods=["GET", "POST"])
@requires(Permission.ORDERS_READ, staff=True)
@once
def new_view() -> ResponseReturnValue:
    wanted, form = wanted_now(), ViewForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            return _kept(views.keep(form.name.data, query_of(wanted), by=viewer()))
    return form.page(
        "desk/new_view.html", wanted=wanted, view=SHOWN[view_of(wanted)].word, query=query_of(wanted)
    )


@bp.route("/desk/orders/views/<int:view_id>", methods=["GET", "POST"])
@requires(Permission.ORDERS_READ, staff=True)
@once
def edit_view(view_id: int) -> ResponseReturnValue:
    view = kept_view(viewer(), view_id)
    form = ViewForm(obj=view)
    if form.validate_on_submit():
        with form.showing_refusals():
            return _kept(views.rename(view_id, form.name.data, by=viewer()))
    return form.page("desk/edit_view.html", view=view)


@bp.post("/desk/orders/views/<int:view_id>/remove")
@requires(Permission.ORDERS_READ, staff=True)
@once
def remove_view(view_id: int) -> ResponseReturnValue:
    view = views.remove(view_id, by=viewer())
    flash(f"View {view.name} deleted", "good")
    return redirect(url_for(".queue"), code=303)


def _kept(view: SavedView) -> ResponseReturnValue:
    flash(f"View {view.name} saved", "good")
    return redirect(f"{url_for('.queue')}?{view.query}", code=303)
