"""One shipment: picked, packed, put back, sent, delivered."""

from typing import Any, NamedTuple

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.fulfilment.admin.blueprint import bp
from app.fulfilment.forms import WHEN_SHORT, PackForm, ShipForm
from app.fulfilment.models import Shipment, ShipmentStatus
from app.fulfilment.papers import along_the_shelves
from app.fulfilment.queries import shipments as queries
from app.fulfilment.queries.lines import lines_of_shipments
from app.fulfilment.queries.notes import notes_of
from app.fulfilment.queries.papers import papers_of
from app.fulfilment.service import packing, sending
from app.fulfilment.words import PAPERS, SHIPMENTS
from app.orders.models import Order
from app.orders.moves import DELIVER, Move, moves_open
from app.web.access import requires, viewer
from app.web.forms import Form
from app.web.idempotency import once


class Seen(NamedTuple):
    """A shipment with its order, its lines along the shelves, and the number of its invoice."""

    shipment: Shipment
    order: Order
    lines: list[Any]
    invoice: str | None


@bp.get("/shipments/<int:shipment_id>")
@requires(Permission.ORDERS_READ, staff=True)
def shipment(shipment_id: int) -> ResponseReturnValue:
    seen = _seen(shipment_id)
    is_packed = seen.shipment.status == ShipmentStatus.PACKED
    return _page(ShipForm.of(seen.order) if is_packed else PackForm.of(seen.lines), seen)


@bp.route("/shipments/<int:shipment_id>/pack", methods=["GET", "POST"])
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def pack(shipment_id: int) -> ResponseReturnValue:
    form = PackForm.of(_lines(shipment_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            done = packing.pack(shipment_id, **form.found(), by=viewer(), at=clock.now())
            return _said(form.told_of(done), shipment_id)
    return _page(form, _seen(shipment_id))


@bp.route("/shipments/<int:shipment_id>/ship", methods=["GET", "POST"])
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def ship(shipment_id: int) -> ResponseReturnValue:
    form = ShipForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            sent = sending.ship(shipment_id, **form.plain("carrier", "tracking"), by=viewer(), at=clock.now())
            return _said(f"Shipment {sent.number} has left", shipment_id)
    return _page(form, _seen(shipment_id))


@bp.route("/shipments/<int:shipment_id>/deliver", methods=["GET", "POST"])
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def deliver(shipment_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.showing_refusals():
            arrived = sending.deliver(shipment_id, by=viewer(), at=clock.now())
            return _said(f"Shipment {arrived.number} is delivered", shipment_id)
    return _page(form, _seen(shipment_id))


@bp.route("/shipments/<int:shipment_id>/put-back", methods=["GET", "POST"])
@requires(Permission.ORDERS_FULFIL, staff=True)
@once
def put_back(shipment_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.showing_refusals():
            back = packing.put_back(shipment_id, by=viewer(), at=clock.now())
            return _said(f"Shipment {back.number} is put back", shipment_id)
    found, order, _ = queries.shipment_with_order(viewer(), shipment_id)
    move = _moves(found, order).get("close_shipment")
    return form.page("fulfilment/admin/put_back.html", shipment=found, move=move)


def _said(words: str, shipment_id: int) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for(".shipment", shipment_id=shipment_id), code=303)


def _page(form: Form, seen: Seen) -> ResponseReturnValue:
    found, order = seen.shipment, seen.order
    papers = papers_of(found.id)
    return form.page(
        "fulfilment/admin/shipment.html",
        **seen._asdict(),
        moves=_moves(found, order),
        deliver=DELIVER if found.status == ShipmentStatus.SHIPPED and DELIVER.may(viewer()) else None,
        others=[one for one in queries.shipments_in_short(order.id) if one.id != found.id],
        notes=notes_of([order.id])[order.id],
        papers=[(kind, word, papers.get(kind)) for kind, word in PAPERS.items()],
        words=SHIPMENTS,
        when_short=WHEN_SHORT,
    )


def _seen(shipment_id: int) -> Seen:
    found, order, invoice = queries.shipment_with_order(viewer(), shipment_id)
    return Seen(found, order, _lines(shipment_id), invoice)


def _lines(shipment_id: int) -> list[Any]:
    rows = lines_of_shipments(viewer(), [shipment_id])
    return sorted(rows, key=lambda row: (along_the_shelves(row.shelf), row.line))


def _moves(found: Shipment, order: Order) -> dict[str, Move]:
    """What the table allows with the order is about its open shipment, and about no other."""
    if not found.is_open:
        return {}
    return {move.name: move for move in moves_open(order, viewer())}
