"""Promises of mails about an order: to its buyer, and to the desk."""

from app.core import audit, outbox
from app.orders.mailed import Mailed, MailedNote
from app.orders.models import Order, OrderNote

TO_THE_DESK = "received_at_desk"


def promise_mail(kind: str, order: Order) -> None:
    """One of a kind for an order. Those to the buyer are among theirs."""
    _promise(kind, order, Mailed.of(order), is_to_the_desk=kind == TO_THE_DESK)


def promise_mail_of_change(order: Order, diff: audit.Diff, *, reason: str = "") -> None:
    """One for each change: what is different, and why where somebody said so."""
    _promise("changed", order, Mailed.of(order, diff, reason), again=f":{order.version}")


def promise_mail_of_note(order: Order, note: OrderNote) -> None:
    _promise("note_at_desk", order, MailedNote.of(order, note), again=f":{note.id}", is_to_the_desk=True)


def _promise(
    kind: str, order: Order, told: Mailed | MailedNote, *, again: str = "", is_to_the_desk: bool = False
) -> None:
    """`again` tells two of a kind apart."""
    outbox.promise(
        f"orders.mail_{kind}",
        dedupe_key=f"order:{order.id}:{kind}{again}",
        user_id=None if is_to_the_desk else order.buyer_id,
        about=f"order:{order.id}",
        order_id=order.id,
        told=told.model_dump(mode="json"),
    )
