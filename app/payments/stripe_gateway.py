"""The card gateway is Stripe: its own hosted page takes the card, and we never see a number."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import structlog
from pybreaker import CircuitBreakerError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_random,
)

from app.core import clock
from app.payments import signatures
from app.payments.circuit import REST, Circuit
from app.payments.gateway import (
    CardStatus,
    Declined,
    Event,
    GatewayAway,
    NotGenuine,
    Page,
    Snapshot,
    Unknown,
    Wanted,
)
from app.payments.minor_units import in_minor_units
from app.payments.stripe_answers import helps_to_ask_again, in_our_words, is_no_failure
from app.payments.stripe_snapshots import (
    OF_PAYMENT,
    OF_REFUND,
    OF_SESSION,
    OUR_PAYMENT,
    OUR_REFUND,
    event_of,
    of_payment,
    of_session,
)

if TYPE_CHECKING:
    from stripe import StripeClient

T = TypeVar("T")

CONNECT_WITHIN, TRIES, LATEST_TRY = 2, 2, 1.5
SESSION = "cs_"
OVER = {CardStatus.VOIDED, CardStatus.EXPIRED, CardStatus.CAPTURED}

log = structlog.get_logger(__name__)


class Account(NamedTuple):
    """Where Stripe is, and how each of us proves to be the one."""

    secret_key: str
    webhook_secret: str
    base_url: str
    timeout: float

    def __repr__(self) -> str:
        return f"Account({self.base_url})"  # its secrets belong in no log


class StripeGateway:
    """A payment is a payment intent, its page a checkout session; both carry our own number."""

    def __init__(self, account: Account, *, rest: float = REST) -> None:
        self.account = account
        self.circuit = Circuit(is_no_failure=is_no_failure, rest=rest)

    @property
    def is_open(self) -> bool:
        return self.circuit.is_open

    def open_page(self, wanted: Wanted, *, key: str) -> Page:
        asked = _session_for(wanted)
        found = self._ask(lambda stripe: stripe.v1.checkout.sessions.create(asked, {"idempotency_key": key}))
        return Page(
            session_ref=found["id"],
            url=found["url"],
            until=datetime.fromtimestamp(found["expires_at"], UTC),
        )

    def look_up(self, ref: str) -> Snapshot:
        if ref.startswith(SESSION):
            return of_session(
                self._ask(lambda stripe: stripe.v1.checkout.sessions.retrieve(ref, {"expand": OF_SESSION}))
            )
        return of_payment(
            self._ask(lambda stripe: stripe.v1.payment_intents.retrieve(ref, {"expand": OF_PAYMENT}))
        )

    def capture(self, payment_ref: str, amount: Decimal, currency: str, *, key: str) -> Snapshot:
        asked: Any = {"amount_to_capture": _counted(amount, currency), "expand": OF_PAYMENT}
        return of_payment(
            self._ask(
                lambda stripe: stripe.v1.payment_intents.capture(payment_ref, asked, {"idempotency_key": key})
            )
        )

    def void(self, ref: str, *, key: str) -> Snapshot:
        try:
            return self._let_go(ref, key)
        except Declined:
            now = self.look_up(ref)
            is_paid_page = ref.startswith(SESSION) and now.status is not CardStatus.WAITING
            if now.status in OVER or is_paid_page:  # somebody was faster, or the gateway itself was
                return now
            raise

    def _let_go(self, ref: str, key: str) -> Snapshot:
        if ref.startswith(SESSION):
            return of_session(
                self._ask(
                    lambda stripe: stripe.v1.checkout.sessions.expire(
                        ref, {"expand": OF_SESSION}, {"idempotency_key": key}
                    )
                )
            )
        return of_payment(
            self._ask(
                lambda stripe: stripe.v1.payment_intents.cancel(
                    ref, {"expand": OF_PAYMENT}, {"idempotency_key": key}
                )
            )
        )

    def refund(
        self, payment_ref: str, amount: Decimal, currency: str, *, our_refund_id: int, key: str
    ) -> Snapshot:
        asked: Any = {
            "payment_intent": payment_ref,
            "amount": _counted(amount, currency),
            "metadata": {OUR_REFUND: str(our_refund_id)},
            "expand": OF_REFUND,
        }
        found = self._ask(lambda stripe: stripe.v1.refunds.create(asked, {"idempotency_key": key}))
        return of_payment(found["payment_intent"])

    def read_event(self, raw: bytes, signature: str) -> Event:
        signatures.check(raw, signature, self.account.webhook_secret, at=clock.now())
        try:
            return event_of(json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotGenuine("This is not an event.") from None

    def _ask(self, call: Callable[["StripeClient"], Any]) -> dict[str, Any]:
        """Once, or twice where that helps, under the same key; a doubt is not taken back by the second answer."""
        doubts: list[Unknown] = []

        def noted(state: RetryCallState) -> None:
            first = state.outcome.exception() if state.outcome else None
            if isinstance(first, Unknown):
                doubts.append(first)

        tries = Retrying(
            retry=retry_if_exception(lambda error: helps_to_ask_again(error.__cause__ or error)),
            stop=stop_after_attempt(TRIES) | stop_after_delay(LATEST_TRY),
            wait=wait_random(0.1, 0.4),
            before_sleep=noted,
            reraise=True,
        )
        try:
            return tries(self._ask_once, call)
        except GatewayAway:
            if doubts:
                raise doubts[0] from None
            raise

    def _ask_once(self, call: Callable[["StripeClient"], Any]) -> dict[str, Any]:
        import stripe

        try:
            with self.circuit.calling():
                found: dict[str, Any] = call(self._client).to_dict()
        except CircuitBreakerError:
            raise GatewayAway from None
        except stripe.StripeError as error:
            ours = in_our_words(error)
            log.warning(
                "cards.answer", error=type(error).__name__, code=error.code, taken_as=type(ours).__name__
            )
            raise ours from error
        return found

    @cached_property
    def _client(self) -> "StripeClient":
        import stripe

        logging.getLogger("stripe").setLevel(logging.WARNING)  # its debug lines hold whole requests
        return stripe.StripeClient(
            self.account.secret_key,
            base_addresses={"api": self.account.base_url},
            http_client=stripe.RequestsClient(timeout=(CONNECT_WITHIN, self.account.timeout)),
            max_network_retries=0,  # whether to ask again is decided here
        )


def _session_for(wanted: Wanted) -> Any:
    ours = {OUR_PAYMENT: str(wanted.payment_id)}
    price = {
        "currency": wanted.currency.lower(),
        "unit_amount": _counted(wanted.amount, wanted.currency),
        "product_data": {"name": wanted.what},
    }
    asked: dict[str, Any] = {
        "mode": "payment",
        "payment_method_types": ["card"],
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {
            "capture_method": "automatic" if wanted.captures else "manual",
            "description": wanted.what,
            "metadata": ours,
        },
        "client_reference_id": str(wanted.payment_id),
        "metadata": ours,
        "success_url": wanted.paid_url,
        "cancel_url": wanted.back_url,
        "expires_at": int(wanted.until.timestamp()),
    }
    return asked | ({"customer_email": wanted.email} if wanted.email else {})


def _counted(amount: Decimal, currency: str) -> int:
    try:
        return in_minor_units(amount, currency)
    except ValueError as wrong:
        raise Declined(str(wrong)) from None
