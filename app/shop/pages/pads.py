"""Order pads: baskets that a person keeps under a name and orders from again and again."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.core.text import counted
from app.orders.priced import Contents, priced
from app.orders.queries import baskets as rows
from app.orders.queries import pads as queries
from app.orders.queries.orders import order_seen_by
from app.orders.service import pads as service
from app.orders.service.again import again
from app.shop.basket_rows import rows_of
from app.shop.forms import PadForm, QuantitiesForm, none_of
from app.shop.lines import Around, was_words
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import tell
from app.shop.pages.todays import todays
from app.web.access import requires, viewer
from app.web.forms import Form
from app.web.idempotency import once


@bp.get("/pads")
@requires(Permission.ORDERS_WRITE, buyers=True)
def pads() -> ResponseReturnValue:
    return render_template(
        "shop/pads.html", pads=queries.pads_of(viewer()), most=service.MOST_PADS, basket=todays().basket
    )


@bp.route("/pads/new", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def new_pad() -> ResponseReturnValue:
    form, number = PadForm(), request.args.get("order", type=int)
    if form.validate_on_submit():
        with form.showing_refusals():
            pad, told = service.keep(form.name.data, _lines_of(number), by=viewer())
            tell(told)
            flash(f"{pad.name} is kept", "good")
            return redirect(url_for(".pad", pad_id=pad.id), code=303)
    return form.page("shop/pad_new.html", number=number, lines=_lines_of(number), basket=todays().basket)


@bp.route("/pads/<int:pad_id>", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
def pad(pad_id: int) -> ResponseReturnValue:
    form = QuantitiesForm()
    if request.method == "POST" and not form.problems:
        with form.showing_refusals():
            tell(service.set_quantities(pad_id, form.wanted, by=viewer()))
            if request.form.get("then") == "basket":
                return _put_in_basket(pad_id)
            return redirect(url_for(".pad", pad_id=pad_id), code=303)
    return _page(pad_id, form)


@bp.post("/pads/<int:pad_id>/basket")
@requires(Permission.ORDERS_WRITE, buyers=True)
def order_pad(pad_id: int) -> ResponseReturnValue:
    form = QuantitiesForm()
    if form.validate():
        with form.showing_refusals():
            return _put_in_basket(pad_id)
    return _page(pad_id, form)


@bp.route("/pads/<int:pad_id>/rename", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def rename_pad(pad_id: int) -> ResponseReturnValue:
    pad = queries.pad_seen_by(viewer(), pad_id)
    form = PadForm(obj=pad)
    if form.validate_on_submit():
        with form.showing_refusals():
            flash(f"It is called {service.rename(pad_id, form.name.data, by=viewer()).name} now", "good")
            return redirect(url_for(".pad", pad_id=pad_id), code=303)
    return form.page("shop/pad_rename.html", pad=queries.pad_seen_by(viewer(), pad_id))


@bp.route("/pads/<int:pad_id>/delete", methods=["GET", "POST"])
@requires(Permission.ORDERS_WRITE, buyers=True)
@once
def remove_pad(pad_id: int) -> ResponseReturnValue:
    form, pad = Form(), queries.pad_seen_by(viewer(), pad_id)
    if form.validate_on_submit():
        with form.showing_refusals():
            flash(f"{service.remove(pad_id, by=viewer()).name} is deleted", "good")
            return redirect(url_for(".pads"), code=303)
    return form.page("shop/pad_remove.html", pad=pad)


def _lines_of(number: int | None) -> dict[int, int] | None:
    """Of an order; without one, None: it is the basket that is kept."""
    if number is None:
        return None
    found = again(order_seen_by(viewer(), number), {}, by=viewer(), on=today())
    then = [one.then for one in found.lines] + [one.then for one in found.lost]
    return {one.product_id: one.quantity for one in then}


def _put_in_basket(pad_id: int) -> ResponseReturnValue:
    tell(service.put_in_basket(pad_id, by=viewer()))
    flash(f"{queries.pad_seen_by(viewer(), pad_id).name} is in your basket", "good")
    return redirect(url_for(".basket"), code=303)


def _page(pad_id: int, form: QuantitiesForm) -> Response:
    pad, held = queries.pad_seen_by(viewer(), pad_id), rows.quantities_in(pad_id)
    in_basket, offers, basket = todays(held)
    contents = Contents(in_basket.tax_treatment, rows.items_wanted(held, today()))
    on_pad = priced(contents, offers)
    return form.page(
        "shop/pad.html",
        pad=pad,
        on_pad=on_pad,
        rows=rows_of(on_pad, Around(offers, contents, form, today())),
        was=was_words(held),
        none_of=none_of,
        basket=basket,
        words=counted(on_pad.count, "line", "lines"),
    )
