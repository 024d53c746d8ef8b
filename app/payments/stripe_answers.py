"""What Stripe says when it does not do what it was asked: a definite no, a doubt, or that it was not reached."""

from typing import TYPE_CHECKING

import structlog

from app.payments.gateway import Declined, GatewayAway, Unknown

if TYPE_CHECKING:
    from stripe import StripeError

log = structlog.get_logger(__name__)

SERVER_FAILED = 500
WORDS = {
    "amount_too_large": "That is more than a card can pay at once.",
    "amount_too_small": "That is less than a card can pay.",
    "charge_already_refunded": "All of it was given back already.",
    "charge_disputed": "The cardholder disputes this payment: settle it at the card gateway.",
    "charge_expired_for_capture": "What was held on the card has run out.",
    "payment_intent_unexpected_state": "The card gateway has moved on with this payment. Look at it again.",
    "resource_missing": "The card gateway does not know this payment.",
}


def in_our_words(error: "StripeError") -> Declined | Unknown | GatewayAway:
    """One of three; what may have happened is never called a no."""
    import stripe

    said = error.user_message or ""
    match error:
        case stripe.CardError():
            return Declined(said or "The card was declined.")
        case stripe.IdempotencyError():  # what came of the first request under this key is not said
            log.error("cards.key_reused", request=error.request_id)
            return Unknown(said)
        case stripe.InvalidRequestError():
            return Declined(WORDS.get(error.code or "", f"The card gateway refused: {said}"))
        case stripe.AuthenticationError() | stripe.PermissionError():
            log.error("cards.key_refused", request=error.request_id)
            return GatewayAway()
        case stripe.RateLimitError():
            return GatewayAway()
    return GatewayAway() if _was_never_sent(error) else Unknown(type(error).__name__)


def helps_to_ask_again(error: BaseException) -> bool:
    """At once, with the same key: not after a long silence, when whoever waits has waited enough."""
    import stripe
    from requests.exceptions import ReadTimeout

    if isinstance(error, stripe.APIConnectionError):
        return not isinstance(error.__cause__, ReadTimeout)
    failed = isinstance(error, stripe.APIError) and (error.http_status or 0) >= SERVER_FAILED
    return failed or isinstance(error, stripe.RateLimitError)


def is_no_failure(error: BaseException) -> bool:
    """A declined card, or trouble on our own side, says nothing about how Stripe is."""
    import stripe

    definite = stripe.CardError | stripe.InvalidRequestError | stripe.IdempotencyError
    return isinstance(error, definite) or not isinstance(error, stripe.StripeError)


def _was_never_sent(error: "StripeError") -> bool:
    """Nobody took the call, or it was not Stripe who did."""
    from requests.exceptions import ConnectTimeout, RequestException, SSLError
    from urllib3.exceptions import NewConnectionError

    cause = error.__cause__
    if isinstance(cause, ConnectTimeout | SSLError):
        return True
    inner = cause.args[0] if isinstance(cause, RequestException) and cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)
