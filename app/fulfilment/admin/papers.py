"""Packing slips and pick lists: as pages to print, and as PDF."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.errors import NotFound
from app.fulfilment.admin.blueprint import bp
from app.fulfilment.models import PaperKind
from app.fulfilment.queries.papers import paper_of
from app.fulfilment.queries.shipments import UNKNOWN, shipment_seen_by
from app.fulfilment.queries.to_pick import latest_shipments
from app.fulfilment.service import papers as service
from app.fulfilment.words import PAPERS
from app.web.access import requires, viewer
from app.web.idempotency import once
from app.web.listing import numbers_in
from app.web.parts import files

KINDS = f"<any({', '.join(kind.value for kind in PaperKind)}):kind>"


@bp.get("/shipments/<int:shipment_id>/slip")
@requires(Permission.ORDERS_READ, staff=True)
def packing_slip(shipment_id: int) -> ResponseReturnValue:
    back = url_for(".shipment", shipment_id=shipment_id)
    slips = [service.slip_for(viewer(), shipment_id)]
    return render_template("fulfilment/admin/slips.html", slips=slips, without=[], back=back)


@bp.get("/shipments/slips")
@requires(Permission.ORDERS_READ, staff=True)
def slips() -> ResponseReturnValue:
    """Of several shipments, or of orders: of each the shipment that is open, or that left last."""
    numbers, shipment_ids = (numbers_in(request.args.getlist(name)) for name in ("order", "shipment"))
    found = {row.number: row.shipment_id for row in latest_shipments(viewer(), numbers)}
    slips = service.slips_for(viewer(), [*found.values(), *shipment_ids])
    without = [number for number in numbers if number not in found]
    return render_template("fulfilment/admin/slips.html", slips=slips, without=without, back=url_for(".pick"))


@bp.get("/shipments/<int:shipment_id>/pick-list")
@requires(Permission.ORDERS_READ, staff=True)
def pick_list(shipment_id: int) -> ResponseReturnValue:
    found = service.pick_list_for(viewer(), [shipment_id])
    if not found.shipments:
        raise NotFound(UNKNOWN)
    back = url_for(".shipment", shipment_id=shipment_id)
    return render_template("fulfilment/admin/pick_list.html", list=found, back=back)


@bp.get("/pick/list")
@requires(Permission.ORDERS_READ, staff=True)
def pick_lists() -> ResponseReturnValue:
    found = service.pick_list_for(viewer(), numbers_in(request.args.getlist("shipment")))
    return render_template("fulfilment/admin/pick_list.html", list=found, back=url_for(".pick"))


@bp.post(f"/shipments/<int:shipment_id>/{KINDS}")
@requires(Permission.ORDERS_READ, staff=True)
@once
def make_pdf(shipment_id: int, kind: str) -> ResponseReturnValue:
    files()  # where there is no place for it, say so now
    service.ask(shipment_id, PaperKind(kind), by=viewer())
    flash(f"The PDF of the {PAPERS[PaperKind(kind)].lower()} is being made", "info")
    return redirect(url_for(".shipment", shipment_id=shipment_id, _anchor="papers"), code=303)


@bp.get(f"/shipments/<int:shipment_id>/{KINDS}.pdf")
@requires(Permission.ORDERS_READ, staff=True)
def pdf(shipment_id: int, kind: str) -> ResponseReturnValue:
    shipment, paper = shipment_seen_by(viewer(), shipment_id), paper_of(shipment_id, PaperKind(kind))
    if paper is None or paper.file is None:
        raise NotFound("This PDF is not made. Ask for it on the page of the shipment.")
    with files().open(paper.file) as kept:
        response = Response(kept.read(), mimetype="application/pdf")
    name = f"{kind.replace('_', '-')}-{shipment.number.replace('/', '-')}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
