"""Money back for an order: credit notes say what for; it goes to the card or the bank, or stays on the account."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.billing.models import Refund, RefundStatus
from app.billing.queries.credits import Creditable, creditable_of
from app.billing.queries.money import Source, SourceKind, Use, UseKind
from app.billing.service import crediting, settling
from app.billing.service.crediting import Note
from app.catalogue.totals import ZERO
from app.core import audit
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.database import db
from app.core.errors import Conflict, Refused, named_as
from app.core.money import money
from app.core.transaction import use_case
from app.fulfilment.models import Return
from app.fulfilment.queries.returns import what_can_come_back
from app.fulfilment.service import returning
from app.orders.models import Order
from app.orders.moves import expect
from app.orders.queries.orders import order_seen_by
from app.orders.service.moving import to_move
from app.payments.models import OperationKind
from app.payments.queries.refunds import Card, cards_of
from app.payments.refunded import Foreseen, RefundTo, Wanted, dealt
from app.payments.service import operations

NO_LINE = "That line is not in this order."
NO_AMOUNT = "That comes to nothing, so there is nothing to refund."
NOT_PAID = "None of this was paid yet: the invoice becomes less, and no money goes back. Choose the account."


@dataclass(frozen=True, slots=True)
class Refunded:
    """The credit notes, and the money that goes back to a card or a bank."""

    notes: Sequence[Note]
    refunds: Sequence[Refund]

    @property
    def total(self) -> Decimal:
        return sum((note.paper.total for note in self.notes), ZERO)

    @property
    def paid_back(self) -> Decimal:
        return sum((note.left for note in self.notes), ZERO)


def foresee(number: int, wanted: Wanted, *, by: Viewer) -> Foreseen:
    """Before it is done, with the refusals that it would meet."""
    order = order_seen_by(by, number)
    expect("refund", order, by)
    found = creditable_of(by, order.id)
    with _named_by_line(order):
        items, with_delivery = _asked_for(order, wanted, found)
        plans = crediting.planned(found, items, with_delivery=with_delivery)
    total = sum((plan.found.total for plan in plans), ZERO)
    paid_back = sum((plan.paid_back for plan in plans), ZERO)
    _expect_a_way(wanted.to, total, paid_back, cards_of(order.id))
    return Foreseen(total, paid_back, sum(_to_the_shelf(order, wanted, items).values()))


@use_case
def refund_order(
    number: int, wanted: Wanted, *, by: Viewer, at: datetime, seen: Decimal | None = None
) -> Refunded:
    """All of it or nothing; `seen` is what it came to when they looked. The gateway is asked once this is written."""
    on = business_day(at, business().time_zone)
    order = to_move(number, "refund", by=by)
    with _named_by_line(order):
        items, with_delivery = _asked_for(order, wanted, creditable_of(by, order.id))
        back = _settled_return(order, wanted, items, by=by, at=at)
        cards = cards_of(order.id, locked=True)
        notes = crediting.credit_order(
            order.id,
            items,
            with_delivery=with_delivery,
            reason=wanted.reason,
            by=by,
            on=on,
            return_id=back.id if back else None,
        )
    total, paid_back = Refunded(notes, []).total, Refunded(notes, []).paid_back
    _expect_as_seen(order, total, seen)
    _expect_a_way(wanted.to, total, paid_back, cards)
    done = Refunded(notes, _sent_back(order, wanted, notes, cards, on))
    for refund in done.refunds:
        _pay(refund, cards, by=by, on=on)
    _noted(order, wanted, done, by=by)
    return done


def _named_by_line(order: Order) -> AbstractContextManager[None]:
    return named_as({f"items.{item.id}": f"lines.{item.line}" for item in order.items})


def _asked_for(order: Order, wanted: Wanted, found: Sequence[Creditable]) -> tuple[dict[int, int], bool]:
    """How many of each item, and whether its delivery is refunded, too."""
    if wanted.lines is None:
        return crediting.all_goods(found), wanted.with_delivery and any(one.delivery for one in found)
    by_line = {item.line: item.id for item in order.items}
    if unknown := wanted.lines.keys() - by_line.keys():
        raise Refused(NO_LINE, field=f"lines.{min(unknown)}")
    return {by_line[line]: quantity for line, quantity in wanted.lines.items()}, wanted.with_delivery


def _settled_return(
    order: Order, wanted: Wanted, items: dict[int, int], *, by: Viewer, at: datetime
) -> Return | None:
    """The one that this refund is for; or what stands on the shelf again from now on."""
    if wanted.return_id is not None:
        return returning.close_refunded(wanted.return_id, order.number, by=by, at=at)
    back = _to_the_shelf(order, wanted, items)
    return returning.take_back_now(order, back, reason=wanted.reason, by=by, at=at) if back else None


def _to_the_shelf(order: Order, wanted: Wanted, items: dict[int, int]) -> dict[int, int]:
    """By line; not what came back before, or is on its way."""
    if not wanted.restock or wanted.return_id is not None:
        return {}
    most = what_can_come_back(order.id)
    back = {item.line: min(items.get(item.id, 0), most[item.line]) for item in order.items}
    return {line: quantity for line, quantity in back.items() if quantity > 0}


def _expect_as_seen(order: Order, total: Decimal, seen: Decimal | None) -> None:
    if seen is not None and seen != total:
        raise Conflict(f"It comes to {money(total, order.currency)} by now. Look at it again.")


def _expect_a_way(to: RefundTo, total: Decimal, paid_back: Decimal, cards: Sequence[Card]) -> None:
    """Money can only go back where it came from, and only what was paid."""
    if not total:
        raise Refused(NO_AMOUNT, field="lines")
    if to is RefundTo.ACCOUNT:
        return
    if not paid_back:
        raise Refused(NOT_PAID, field="to")
    most = sum((card.left for card in cards), ZERO)
    if to is RefundTo.CARD and most < paid_back:
        raise Refused(_too_much(paid_back, most), field="to")


def _too_much(amount: Decimal, most: Decimal) -> str:
    currency = business().currency
    back, card = money(amount, currency), money(most, currency)
    can = f"Only {card} of it can" if most else "None of it can"
    return f"{back} goes back. {can} go back to the card, so choose the account or the bank."


def _sent_back(
    order: Order, wanted: Wanted, notes: Sequence[Note], cards: Sequence[Card], on: date
) -> list[Refund]:
    """To the cards that paid, the first one first; what stays on the account needs no row."""
    facts = {"customer_id": order.customer_id, "order_id": order.id, "reason": wanted.reason}
    if wanted.to is RefundTo.ACCOUNT:
        return []
    if wanted.to is RefundTo.BANK:
        paid = {"status": RefundStatus.DONE, "refunded_on": on}
        return [
            Refund(credit_id=note.paper.id, amount=note.left, **paid, **facts) for note in notes if note.left
        ]
    shares = dealt([note.left for note in notes], [card.left for card in cards])
    return [
        Refund(credit_id=notes[note].paper.id, payment_id=cards[card].payment.id, amount=amount, **facts)
        for note, card, amount in shares
    ]


def _pay(refund: Refund, cards: Sequence[Card], *, by: Viewer, on: date) -> None:
    """Out of the credit note; the gateway is asked once this is committed."""
    db.session.add(refund)
    db.session.flush()
    source, use = Source(SourceKind.CREDIT, refund.credit_id or 0), Use(UseKind.REFUND, refund.id)
    settling.settle(source, use, refund.amount, customer_id=refund.customer_id, by=by, on=on)
    for payment in (card.payment for card in cards if card.payment.id == refund.payment_id):
        operations.promise(payment, OperationKind.REFUND, refund.amount, refund=refund)


def _noted(order: Order, wanted: Wanted, done: Refunded, *, by: Viewer) -> None:
    order.mark_edited(by.user_id)
    if done.paid_back:
        diff = {"amount": [None, str(done.paid_back)], "to": [None, wanted.to.value]}
        audit.record("order.refunded", order, by=by, diff=diff)
