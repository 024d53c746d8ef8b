"""For whoever tries things out: order a fault, read the ledger, fetch what was told."""

from flask import Blueprint, Response, jsonify, request

from app.sandbox.api import till
from app.sandbox.deliveries import signed

bp = Blueprint("controls", __name__, url_prefix="/sandbox")


@bp.post("/faults")
def order_fault() -> tuple[Response, int]:
    try:
        fault = till().faults.order(**request.get_json())
    except (TypeError, ValueError) as wrong:
        return jsonify(error=str(wrong)), 400
    return jsonify(kind=fault.kind, on=fault.on, count=fault.count), 201


@bp.get("/faults")
def faults() -> Response:
    return jsonify([{"kind": f.kind, "on": f.on, "count": f.count} for f in till().faults.ordered])


@bp.delete("/faults")
def clear_faults() -> tuple[str, int]:
    till().faults.clear()
    return "", 204


@bp.get("/ledger")
def ledger() -> Response:
    with till().store.lock:
        return jsonify(entries=till().store.ledger(), undelivered=till().store.undelivered())


@bp.get("/events")
def events() -> Response:
    """All that is to be told after event `after`, signed now, for who cannot be called."""
    with till().store.lock:
        found = till().store.deliveries(after=request.args.get("after", 0, type=int))
    return jsonify([{"n": each.n, "body": each.body, "signature": signed(till(), each)} for each in found])
