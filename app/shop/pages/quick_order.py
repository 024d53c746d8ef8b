"""The quick order: lines are looked at first, and put in the basket when whoever typed them says so."""

from collections.abc import Mapping

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.core.text import counted
from app.orders.queries import quick
from app.orders.quick import Line
from app.orders.service import baskets
from app.orders.service.checking import Checked, Clear, check
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import tell
from app.shop.pages.todays import todays
from app.shop.quick_forms import QuickForm
from app.shop.suggested_rows import beside_the_basket, row_of, worst_first
from app.web.access import requires, viewer
from app.web.idempotency import once

LONGEST_ADDRESS = 3000
NOTHING = Checked((), ())
ADDED_TO = "{:,} in your basket already; these are added to them."
TOO_MANY = "Only {:,} left, and {:,} are in your basket already."


@bp.route("/quick-order", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def quick_order() -> ResponseReturnValue:
    form = QuickForm()
    lines, checked = _checked(form)
    if form.is_adding:
        with form.showing_refusals():
            form.refuse_what_was_not_seen(checked.ready, lines)
            tell(baskets.add(checked.ready, by=viewer()))
            return redirect(_next_page(form, checked), code=303)
    return _page(form, checked)


def _checked(form: QuickForm) -> tuple[list[Line], Checked]:
    """What was asked for, and what would come of it."""
    lines, checked = list[Line](), NOTHING
    with form.showing_refusals():
        if form.was_pressed == "last":
            form.put_under(_last_order())
        form.take_in_file()
        lines = form.asked()
        checked = check(lines, form.said(lines), by=viewer(), on=today())
    return lines, checked


def _last_order() -> str:
    lines = [f"{sku} {quantity}" for sku, quantity in quick.last_bought(viewer())]
    if not lines:
        flash("There is no order yet to fill this from.", "info")
    return "\n".join(lines)


def _next_page(form: QuickForm, checked: Checked) -> str:
    """Lines that nothing was put in of stand in the box again."""
    flash(f"{counted(len(checked.ready), 'line is', 'lines are')} in your basket", "good")
    rest = [line for line in checked.still_open if line.number not in form.left_out]
    address = url_for(".quick_order", lines="\n".join(line.typed for line in rest))
    if rest and len(address) <= LONGEST_ADDRESS:
        return address
    if rest:
        numbers = ", ".join(str(line.number) for line in rest)
        flash(f"{counted(len(rest), 'line was', 'lines were')} not put in: {numbers}.", "warn")
    return url_for(".basket")


def _page(form: QuickForm, checked: Checked) -> Response:
    contents, _, basket = todays()
    held = contents.quantities
    too_many = {one.product_id for one in checked.clear if _is_too_many(one, held)}
    rows = [
        row_of(
            one.suggestion,
            form,
            [*one.notes, *_beside_the_basket(one, held)],
            is_wrong=one.is_wrong or one.product_id in too_many,
        )
        for one in checked.clear
    ]
    return form.page(
        "shop/quick_order.html",
        checked=checked,
        rows=worst_first(rows),
        too_many=len(too_many),
        basket=basket,
    )


def _is_too_many(one: Clear, held: Mapping[int, int]) -> bool:
    """With what is in the basket already."""
    item = one.suggestion.item
    return bool(item.quantity) and item.quantity + held.get(item.product_id, 0) > item.left


def _beside_the_basket(one: Clear, held: Mapping[int, int]) -> list[str]:
    if _is_too_many(one, held):
        return [TOO_MANY.format(one.suggestion.item.left, held[one.product_id])]
    return beside_the_basket(held, one.product_id, ADDED_TO)
