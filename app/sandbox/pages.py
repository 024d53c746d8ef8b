"""The page where a person would type a card."""

from datetime import UTC, datetime
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.sandbox.api import till
from app.sandbox.sessions import pay, session_now
from app.sandbox.store import Json
from app.sandbox.wire import Refusal

bp = Blueprint("pages", __name__)


@bp.get("/pay/<ref>")
def page(ref: str) -> str | tuple[str, int]:
    session = _session(ref)
    problem = _problem(session)
    return render_template("pay.html", session=session, problem=problem, business=till().business)


@bp.post("/pay/<ref>")
def act(ref: str) -> Response:
    session, wish = _session(ref), request.form.get("do")
    if wish == "back":
        return redirect(session["cancel_url"], code=303)
    with till().store.work():
        session = pay(till(), ref, approved=wish == "approve")
    if session["status"] == "complete":
        return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", ref), code=303)
    return redirect(url_for(".page", ref=ref), code=303)


@bp.app_template_filter()
def amount(session: Json) -> str:
    places = get_currency_precision(session["currency"].upper())
    due = Decimal(session["amount_total"]).scaleb(-places)
    return str(format_currency(due, session["currency"].upper(), locale="en_GB"))


@bp.app_template_filter()
def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M UTC")


def _session(ref: str) -> Json:
    try:
        with till().store.work():
            return session_now(till(), ref)
    except Refusal:
        abort(404)


def _problem(session: Json) -> str:
    with till().store.lock:
        payment = till().store.get(session["payment_intent"] or "") or {}
    return str((payment.get("last_payment_error") or {}).get("message", ""))
