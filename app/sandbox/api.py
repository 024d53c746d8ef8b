"""Stripe's endpoints, as many as are used: each answers one key once, and goes wrong when it was told to."""

import hmac
import json
import socket
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request

from app.sandbox import cards, sessions
from app.sandbox.store import Json
from app.sandbox.till import Till
from app.sandbox.wire import Refusal, expanded, found, nested, new_id

bp = Blueprint("api", __name__)


def till() -> Till:
    at_hand: Till = current_app.extensions["till"]
    return at_hand


@bp.post("/v1/checkout/sessions")
def open_session() -> Response:
    pages = request.host_url
    return answered("open_page", lambda sent: sessions.open_session(till(), sent, pages=pages))


@bp.get("/v1/checkout/sessions/<ref>")
def retrieve_session(ref: str) -> Response:
    return answered("look_up", lambda _: sessions.session_now(till(), ref))


@bp.post("/v1/checkout/sessions/<ref>/expire")
def expire_session(ref: str) -> Response:
    return answered("void", lambda sent: sessions.expire(till(), ref, sent))


@bp.get("/v1/payment_intents/<ref>")
def retrieve_payment(ref: str) -> Response:
    return answered("look_up", lambda _: found(till().store, ref, "payment_intent"))


@bp.post("/v1/payment_intents/<ref>/capture")
def capture(ref: str) -> Response:
    return answered("capture", lambda sent: cards.capture(till(), ref, sent))


@bp.post("/v1/payment_intents/<ref>/cancel")
def cancel(ref: str) -> Response:
    return answered("void", lambda sent: sessions.cancel_payment(till(), ref, sent))


@bp.post("/v1/refunds")
def refund() -> Response:
    return answered("refund", lambda sent: cards.refund(till(), sent))


@bp.errorhandler(Refusal)
def refused(no: Refusal) -> Response:
    return _said(no.status, no.body)


def answered(on: str, work: Callable[[Json], Json]) -> Response:
    _expect_the_key()
    _go_wrong_before(on)
    sent = nested((request.form if request.method == "POST" else request.args).items())
    with till().store.work():
        status, body = _once(sent, work)
    if till().faults.struck("drop", on):
        hang_up()
    return _said(status, body)


def _once(sent: Json, work: Callable[[Json], Json]) -> tuple[int, Json]:
    """The first answer under a key is the answer."""
    key, asked = request.headers.get("Idempotency-Key"), json.dumps([request.path, sent], sort_keys=True)
    earlier = till().store.answer(key) if key else None
    if earlier is not None:
        if earlier[0] != asked:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they were first"
                " used with.",
                kind="idempotency_error",
            )
        return earlier[1], earlier[2]
    body = expanded(till().store, work(sent), sent.get("expand", []))
    if key:
        till().store.keep_answer(key, asked, 200, body)
    return 200, body


def _expect_the_key() -> None:
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(offered.encode(), till().secret_key.encode()):
        no = Refusal("Invalid API Key provided.")
        no.status = 401
        raise no


def _go_wrong_before(on: str) -> None:
    faults = till().faults
    if slow := faults.struck("slow", on):
        faults.cleared.wait(slow.seconds)
    if hang := faults.struck("hang", on):
        faults.cleared.wait(max(hang.seconds, 20))
        hang_up()
    if faults.struck("429", on):
        raise Refusal(
            "Too many requests hit the API too quickly.", code="rate_limit", kind="rate_limit_error"
        )
    if faults.struck("500", on):
        raise Refusal("Something went wrong on the sandbox's end, as it was told to.", kind="api_error")


def hang_up() -> None:
    """Nobody hears the answer."""
    line: Any = request.environ["werkzeug.socket"]
    line.shutdown(socket.SHUT_RDWR)


def _said(status: int, body: Json) -> Response:
    return Response(
        json.dumps(body), status, mimetype="application/json", headers={"Request-Id": new_id("req")}
    )
