"""What card payment needs of the outside: the gateway, and our own addresses that it sends people back to."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core.errors import Busy, Refused
from app.payments.gateway import CardGateway, Declined, Unknown
from app.payments.service.wanting import Ways
from app.web.mails import address_of
from app.web.parts import gateways

NOT_TAKEN = "Cards are not taken here. Choose another way to pay."


def cards() -> CardGateway:
    found = gateways().cards
    if found is None:
        raise Refused(NOT_TAKEN)
    return found


def ways() -> Ways:
    return Ways(
        paid=lambda payment_id: address_of("payments.paid", payment_id=payment_id),
        back=lambda payment_id: address_of("payments.back", payment_id=payment_id),
    )


@contextmanager
def answering() -> Iterator[None]:
    """What the gateway says stands on the page. As long as no page is open, nobody can have paid."""
    try:
        yield
    except Declined as no:
        raise Refused(f"Card payment was refused: {no.reason}") from None
    except Unknown:
        raise Busy("The card service does not answer. Nothing was charged; try again in a minute.") from None
