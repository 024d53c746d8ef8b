"""Ordering again: what is different from then is shown line by line, and goes in the basket as it was agreed to."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.core.text import counted
from app.orders.queries.orders import order_seen_by
from app.orders.service import baskets
from app.orders.service.again import Again, Reordered, again
from app.shop.forms import ListForm
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import tell
from app.shop.pages.todays import todays
from app.shop.suggested_rows import SuggestedRow, beside_the_basket, row_of
from app.web.access import requires, viewer
from app.web.idempotency import once

STAYS = "{:,} in your basket already: the larger of the two stays."


class ReorderForm(ListForm):
    doing = "to order it again"


@bp.route("/orders/<int:number>/reorder", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def reorder(number: int) -> ResponseReturnValue:
    form = ReorderForm()
    found = again(order_seen_by(viewer(), number), form.boxes, by=viewer(), on=today())
    if form.was_pressed == "add" and not form.is_wrong:
        with form.showing_refusals():
            form.refuse_what_was_not_seen(found.ready)
            tell(baskets.top_up(found.ready, by=viewer()))
            flash(f"{counted(len(found.ready), 'line is', 'lines are')} in your basket", "good")
            return redirect(url_for(".basket"), code=303)
    return _page(form, number, found)


def _page(form: ReorderForm, number: int, found: Reordered) -> Response:
    contents, _, basket = todays()
    rows = [_row(one, form, contents.quantities) for one in found.lines]
    different = len(found.lost) + sum(bool(one.notes) for one in found.lines)
    return form.page(
        "shop/reorder.html", number=number, found=found, rows=rows, different=different, basket=basket
    )


def _row(one: Again, form: ReorderForm, held: dict[int, int]) -> SuggestedRow:
    notes = [*one.notes, *beside_the_basket(held, one.then.product_id, STAYS)]
    return row_of(one.now, form, notes, is_wrong=one.now.is_fewer, then=str(one.then))
