"""Checkout sessions: a page that is open for a while, on which somebody pays once or not at all."""

import time

from app.sandbox import cards
from app.sandbox.store import Json
from app.sandbox.till import Till
from app.sandbox.wire import Refusal, count, found, new_id

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
NEEDED = ("success_url", "cancel_url", "line_items")


def open_session(till: Till, sent: Json, *, pages: str) -> Json:
    for name in NEEDED:
        if not sent.get(name):
            raise Refusal(f"Missing required param: {name}.", code="parameter_missing")
    if sent.get("mode") != "payment":
        raise Refusal("The sandbox knows mode=payment alone.")
    amount, currency = _sum_of(sent["line_items"])
    session_id = new_id("cs_test")
    session = {
        "id": session_id,
        "object": "checkout.session",
        "amount_total": amount,
        "asked": sent.get("payment_intent_data") or {},
        "cancel_url": sent["cancel_url"],
        "client_reference_id": sent.get("client_reference_id"),
        "created": int(time.time()),
        "currency": currency,
        "customer_email": sent.get("customer_email"),
        "expires_at": _end_of(sent),
        "livemode": False,
        "metadata": sent.get("metadata") or {},
        "mode": "payment",
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
        "success_url": sent["success_url"],
        "url": f"{pages}pay/{session_id}",
        "what": sent["line_items"][0]["price_data"].get("product_data", {}).get("name", ""),
    }
    return till.store.put(session)


def session_now(till: Till, session_id: str) -> Json:
    """As it is at this moment: its time may have run out."""
    session = found(till.store, session_id, "checkout.session")
    if session["status"] == "open" and time.time() >= session["expires_at"]:
        return _close(till, session)
    return session


def close_those_that_ran_out(till: Till) -> None:
    for session in till.store.with_status("checkout.session", "open"):
        session_now(till, session["id"])


def expire(till: Till, session_id: str, sent: Json) -> Json:
    session = session_now(till, session_id)
    if session["status"] != "open":
        raise Refusal(
            "Only Checkout Sessions with a status in ['open'] can be expired. "
            f"This Checkout Session has a status of {session['status']}."
        )
    return _close(till, session)


def cancel_payment(till: Till, payment_id: str, sent: Json) -> Json:
    """Not while somebody may pay it: then it is the page that has to close."""
    opened = till.store.with_status("checkout.session", "open")
    if any(session["payment_intent"] == payment_id for session in opened):
        raise Refusal("You cannot cancel the PaymentIntent of an open Checkout Session: expire that instead.")
    return cards.cancel(till, payment_id, sent)


def pay(till: Till, session_id: str, *, approved: bool) -> Json:
    """What a person does on the page; nobody pays twice on one."""
    session = session_now(till, session_id)
    if session["status"] != "open":
        return session
    payment = till.store.get(session["payment_intent"] or "") or cards.new_payment(till, session)
    session["payment_intent"] = payment["id"]
    if not approved:
        cards.decline(till, payment)
        return till.store.put(session)
    paid = cards.approve(till, payment)["status"] == "succeeded"
    session |= {"status": "complete", "payment_status": "paid" if paid else "unpaid"}
    till.tell("checkout.session.completed", till.store.put(session))
    return session


def _close(till: Till, session: Json) -> Json:
    session["status"] = "expired"
    till.store.put(session)
    payment = till.store.get(session["payment_intent"] or "")
    if payment and payment["status"] in cards.MAY_BE_CANCELLED:
        cards.cancel(till, payment["id"], {})
    till.tell("checkout.session.expired", session)
    return session


def _sum_of(lines: list[Json]) -> tuple[int, str]:
    amount = sum(
        count(line["price_data"]["unit_amount"], "unit_amount") * count(line["quantity"], "quantity")
        for line in lines
    )
    if amount == 0:
        raise Refusal("The total amount must be more than nothing.", code="amount_too_small")
    return amount, lines[0]["price_data"]["currency"]


def _end_of(sent: Json) -> int:
    now = int(time.time())
    end = count(sent.get("expires_at", str(now + LONGEST)), "expires_at")
    if not now + SHORTEST <= end <= now + LONGEST:
        raise Refusal(
            "The `expires_at` timestamp must be from 30 minutes to 24 hours from Checkout Session creation."
        )
    return end
