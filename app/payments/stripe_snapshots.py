"""Reading what Stripe knows of a page (checkout session) or a payment (payment intent) into one snapshot."""

from decimal import Decimal
from typing import Any

from app.payments.gateway import CardRefund, CardStatus, Event, Snapshot
from app.payments.minor_units import from_minor_units

Json = dict[str, Any]

OUR_PAYMENT, OUR_REFUND = "docket_payment", "docket_refund"
OF_PAYMENT = ["latest_charge.refunds"]
OF_SESSION = ["payment_intent.latest_charge.refunds"]
OF_REFUND = ["payment_intent.latest_charge.refunds"]
STATUS = {
    "requires_payment_method": CardStatus.WAITING,
    "requires_confirmation": CardStatus.WAITING,
    "requires_action": CardStatus.WAITING,
    "processing": CardStatus.UNSETTLED,
    "requires_capture": CardStatus.AUTHORISED,
    "succeeded": CardStatus.CAPTURED,
}
REFUND_STATUS = {"succeeded": "done", "failed": "failed", "canceled": "failed"}


def of_session(session: Json) -> Snapshot:
    payment = session.get("payment_intent")
    if payment:
        return of_payment(payment, session=session)
    return Snapshot(
        payment_ref=None,
        session_ref=session["id"],
        our_payment_id=_ours(session, OUR_PAYMENT),
        status=CardStatus.EXPIRED if session["status"] == "expired" else CardStatus.WAITING,
    )


def of_payment(payment: Json, *, session: Json | None = None) -> Snapshot:
    charge = payment.get("latest_charge") or {}
    held = charge.get("status") == "succeeded"
    currency = payment["currency"]
    refunds = tuple(_refund(each, currency) for each in _moved_money(charge))
    return Snapshot(
        payment_ref=payment["id"],
        session_ref=session["id"] if session else None,
        our_payment_id=_ours(payment, OUR_PAYMENT),
        status=_status(payment, session or {}, held=held),
        authorised=from_minor_units(charge["amount"] if held else 0, currency),
        captured=from_minor_units(payment.get("amount_received") or 0, currency),
        refunded=sum((each.amount for each in refunds if each.status == "done"), Decimal(0)),
        voided=held and payment["status"] == "canceled",
        card=_card(charge),
        problem=(payment.get("last_payment_error") or {}).get("message") or "",
        refunds=refunds,
    )


def _status(payment: Json, session: Json, *, held: bool) -> CardStatus:
    if payment["status"] == "canceled":
        return CardStatus.VOIDED if held else CardStatus.EXPIRED
    status = STATUS.get(payment["status"], CardStatus.UNSETTLED)
    if status is CardStatus.WAITING and session.get("status") == "expired":
        return CardStatus.EXPIRED
    return status


def _moved_money(charge: Json) -> list[Json]:
    """Without what Stripe also calls a refund: the rest of a hold that was let go, which nobody ever paid."""
    found: list[Json] = (charge.get("refunds") or {}).get("data", [])
    return [
        each
        for each in found
        if _ours(each, OUR_REFUND) or each.get("balance_transaction") or each.get("status") != "succeeded"
    ]


def _refund(refund: Json, currency: str) -> CardRefund:
    return CardRefund(
        ref=refund["id"],
        our_refund_id=_ours(refund, OUR_REFUND),
        amount=from_minor_units(refund["amount"], currency),
        status=REFUND_STATUS.get(refund["status"], "pending"),
    )


def _card(charge: Json) -> str:
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    brand, last = card.get("brand") or "", card.get("last4") or ""
    return f"{brand.replace('_', ' ').title()} ending {last}" if last else ""


def event_of(told: Json) -> Event:
    """Which of ours it is about; its own words about that are not believed."""
    about = (told.get("data") or {}).get("object") or {}
    is_itself = about.get("object") in {"checkout.session", "payment_intent"}
    ref = about.get("id") if is_itself else about.get("payment_intent")
    return Event(
        id=told["id"],
        type=told["type"],
        ref=ref if isinstance(ref, str) else None,
        our_payment_id=_ours(about, OUR_PAYMENT),
        raw=told,
    )


def _ours(thing: Json, name: str) -> int | None:
    """Our own number, which we gave it; whatever somebody else wrote there is none."""
    said = str((thing.get("metadata") or {}).get(name, ""))
    return int(said) if said.isascii() and said.isdecimal() else None
