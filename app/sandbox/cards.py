"""What happens on a card: held, captured, let go, given back. Each is told and goes into the ledger."""

import time

from app.sandbox.store import Json
from app.sandbox.till import Till
from app.sandbox.wire import Refusal, count, found, new_id

DECLINED = "Your card was declined."
CARD = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}
MAY_BE_CANCELLED = {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action"}


def new_payment(till: Till, session: Json) -> Json:
    """Made when somebody first tries to pay, as Stripe does."""
    asked = session["asked"]
    payment = {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_received": 0,
        "amount_capturable": 0,
        "capture_method": asked.get("capture_method", "automatic"),
        "currency": session["currency"],
        "description": asked.get("description"),
        "created": int(time.time()),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": asked.get("metadata") or {},
        "status": "requires_payment_method",
    }
    return till.store.put(payment)


def approve(till: Till, payment: Json) -> Json:
    charge = till.store.put(_charge_of(payment))
    payment |= {"latest_charge": charge["id"], "last_payment_error": None}
    till.note("authorise", payment, payment["amount"])
    if payment["capture_method"] == "manual":
        payment |= {"status": "requires_capture", "amount_capturable": payment["amount"]}
        till.tell("payment_intent.amount_capturable_updated", till.store.put(payment))
        return payment
    return _take(till, payment, charge, payment["amount"])


def decline(till: Till, payment: Json) -> Json:
    error = {"type": "card_error", "code": "card_declined", "message": DECLINED}
    payment |= {"last_payment_error": error}
    till.tell("payment_intent.payment_failed", till.store.put(payment))
    return payment


def capture(till: Till, payment_id: str, sent: Json) -> Json:
    payment = found(till.store, payment_id, "payment_intent")
    if payment["status"] != "requires_capture":
        raise _moved_on(payment, "captured")
    amount = count(sent.get("amount_to_capture", str(payment["amount_capturable"])), "amount_to_capture")
    if amount > payment["amount_capturable"]:
        raise Refusal("The amount could not be captured: it is more than is held.", code="amount_too_large")
    if amount == 0:
        raise Refusal("Amount must be more than nothing.", code="amount_too_small")
    return _take(till, payment, found(till.store, payment["latest_charge"], "charge"), amount)


def cancel(till: Till, payment_id: str, sent: Json) -> Json:
    payment = found(till.store, payment_id, "payment_intent")
    if payment["status"] not in MAY_BE_CANCELLED:
        raise _moved_on(payment, "canceled")
    if payment["amount_capturable"]:
        charge = found(till.store, payment["latest_charge"], "charge")
        _release(till, charge, payment["amount_capturable"])
        till.note("void", payment, payment["amount_capturable"])
    payment |= {"status": "canceled", "amount_capturable": 0}
    till.tell("payment_intent.canceled", till.store.put(payment))
    return payment


def refund(till: Till, sent: Json) -> Json:
    payment = found(till.store, str(sent.get("payment_intent")), "payment_intent")
    if not payment["amount_received"]:
        raise Refusal("This payment has no successful charge to refund.", code="charge_not_refundable")
    charge = found(till.store, payment["latest_charge"], "charge")
    left = payment["amount_received"] - charge["refunded_so_far"]
    amount = count(sent.get("amount", str(left)), "amount")
    if left == 0:
        raise Refusal("Charge has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise Refusal("Refund amount is greater than what is left of the charge.", code="amount_too_large")
    given = _refund_of(charge, amount, sent.get("metadata") or {}, moved_money=True)
    till.store.put(given, parent=charge["id"])
    charge["refunded_so_far"] += amount
    charge |= {"amount_refunded": charge["amount_refunded"] + amount, "refunded": amount == left}
    till.note("refund", payment, amount)
    till.tell("charge.refunded", till.store.put(charge))
    return given


def _take(till: Till, payment: Json, charge: Json, amount: int) -> Json:
    rest = charge["amount"] - amount
    charge |= {"captured": True, "amount_captured": amount}
    if rest:
        _release(till, charge, rest)
    payment |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    till.note("capture", payment, amount)
    till.store.put(charge)
    till.tell("payment_intent.succeeded", till.store.put(payment))
    till.tell("charge.captured", charge)
    return payment


def _release(till: Till, charge: Json, amount: int) -> None:
    """What is let go looks like a refund too, and moves no money."""
    till.store.put(_refund_of(charge, amount, {}, moved_money=False), parent=charge["id"])
    charge["amount_refunded"] += amount
    till.store.put(charge)


def _charge_of(payment: Json) -> Json:
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": payment["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "refunded_so_far": 0,
        "captured": False,
        "created": int(time.time()),
        "currency": payment["currency"],
        "metadata": payment["metadata"],
        "paid": True,
        "payment_intent": payment["id"],
        "payment_method_details": {"type": "card", "card": CARD},
        "refunded": False,
        "status": "succeeded",
    }


def _refund_of(charge: Json, amount: int, metadata: Json, *, moved_money: bool) -> Json:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn") if moved_money else None,
        "charge": charge["id"],
        "created": int(time.time()),
        "currency": charge["currency"],
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "status": "succeeded",
    }


def _moved_on(payment: Json, what: str) -> Refusal:
    return Refusal(
        f"This PaymentIntent could not be {what} because it has a status of {payment['status']}.",
        code="payment_intent_unexpected_state",
    )
