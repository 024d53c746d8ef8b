"""What an order would come to, and everything that would stand against placing it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from app.accounts.models import Customer, CustomerStatus
from app.catalogue import quantities
from app.catalogue.queries.offers import offers
from app.core.business import business
from app.core.clock import business_day
from app.core.errors import Refused, Several
from app.core.money import money, unit_money
from app.orders.models.orders import MOST_ITEMS, MOST_MONEY
from app.orders.priced import Contents, Item, PricedBasket, PricedLine, priced
from app.orders.queries import baskets
from app.orders.queries.ways import ways_of_delivery
from app.orders.quoted import Quote, Seen
from app.orders.states import PaymentMethod
from app.orders.ways import Way, Ways
from app.orders.words import why_nothing_can_be_ordered

PREPAID = "prepay"
NO_CARDS = "Cards cannot be used here just now. Choose another way to pay."


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a person says at the checkout. What is left out is as usual for the customer."""

    address_id: int | None = None
    way_id: int | None = None
    deliver_on: date | None = None
    payment_method: PaymentMethod | None = None
    po_number: str = ""
    notes: str = ""
    takes_cards: bool = False  # just now, as whoever asks found out


class PriceChanged(Several):
    """The buyer saw other prices; each part tells both."""

    code = "price_changed"


class NotActive(Refused):
    code = "customer_not_active"


def quote(wanted: dict[int, int], customer: Customer, terms: Terms, *, at: datetime) -> Quote:
    """Reads only. Two that are alike at the same moment come to the same."""
    return quote_of(basket_of(wanted, customer, at=at), customer, terms, at=at)


def basket_of(wanted: dict[int, int], customer: Customer, *, at: datetime) -> PricedBasket:
    on = business_day(at, business().time_zone)
    contents = Contents(customer.tax_treatment, baskets.items_wanted(wanted, on))
    return priced(contents, offers(contents.product_ids, customer_id=customer.id, on=on))


def quote_of(basket: PricedBasket, customer: Customer, terms: Terms, *, at: datetime) -> Quote:
    """The same for a basket that has its prices already."""
    ways = ways_of_delivery(business_day(at, business().time_zone))
    found = _by(_chosen(ways, terms.way_id), ways, basket, customer, at=at)
    return replace(found, deliver_on=terms.deliver_on or found.deliver_on)


def shown(basket: PricedBasket, customer: Customer, terms: Terms, *, at: datetime) -> Quote:
    """The same for a page: a way or a day that is offered no more is shown as the usual one."""
    ways = ways_of_delivery(business_day(at, business().time_zone))
    found = _by(ways.with_id(terms.way_id) or ways.usual, ways, basket, customer, at=at)
    return replace(found, deliver_on=terms.deliver_on) if terms.deliver_on in found.days else found


def _by(way: Way | None, ways: Ways, basket: PricedBasket, customer: Customer, *, at: datetime) -> Quote:
    """On the first day on which it can come that way."""
    zone = business().time_zone
    days = ways.days(way, at=at, zone=zone) if way else []
    return Quote(customer, basket, ways, way, days, days[0] if days else None, business_day(at, zone))


def _chosen(ways: Ways, way_id: int | None) -> Way | None:
    if way_id is None:
        return ways.usual
    found = ways.with_id(way_id)
    if found is None:
        raise Refused("Choose one of the ways of delivery.", field="delivery_method")
    return found


def refuse_whom_we_cannot_serve(customer: Customer) -> None:
    status = CustomerStatus.CLOSED if customer.deleted_at else customer.status
    if why_not := why_nothing_can_be_ordered(customer.name, status):
        raise NotActive(why_not)


def refuse_what_cannot_be_ordered(found: Quote) -> None:
    """Every line that cannot, each by its own name."""
    if not found.basket.lines and not found.basket.left_over:
        raise Refused("Put something in your basket first.", field="items")
    if found.basket.count > MOST_ITEMS:
        raise Refused(f"An order has {MOST_ITEMS} lines at most. Take some out.", field="items")
    parts = [*_gone(found), *_not_in_packs(found)]
    if parts:
        raise Several(" ".join(part.message for part in parts), parts)
    refuse_too_much(found.totals.total)


def refuse_too_much(total: Decimal) -> None:
    if total > MOST_MONEY:
        raise Refused(f"An order comes to {_words(MOST_MONEY)} at most. Make two of it.", field="items")


def _gone(found: Quote) -> list[Refused]:
    return [
        Refused(
            f"{left.item.name}: {left.why}",
            field=f"items.{_place(found, left.item)}.sku",
            code="not_orderable",
        )
        for left in found.basket.left_over
    ]


def _not_in_packs(found: Quote) -> list[Refused]:
    parts = []
    for line in found.basket.lines:
        fit = quantities.fitted(line.item, line.item.quantity)
        if fit.advice:
            field = f"items.{_place(found, line.item)}.quantity"
            parts.append(Refused(f"{line.item.name}: {fit.advice}", field=field, code="wrong_quantity"))
    return parts


def _place(found: Quote, item: Item) -> int:
    """Which of all lines it is, as they were asked for."""
    asked = list(found.basket.places)
    return asked.index(item.product_id)


def refuse_what_was_not_seen(found: Quote, seen: Seen | None) -> None:
    """The price shown is the price charged: whoever saw another one looks again."""
    if seen is None or seen == found.seen:
        return
    parts = [part for line in found.basket.lines if (part := _moved(found, line, seen))]
    now = found.seen
    if now.lines.keys() != seen.lines.keys() or any(
        now.lines[one][0] != quantity for one, (quantity, _) in seen.lines.items()
    ):
        parts.append(Refused("Your basket has changed since you opened this page. Look at it again."))
    if not parts:
        before, after = _words(seen.total), _words(now.total)
        parts.append(Refused(f"It comes to {after} now, not {before}. Look at it again, then place it."))
    raise PriceChanged(" ".join(part.message for part in parts), parts)


def _moved(found: Quote, line: PricedLine, seen: Seen) -> Refused | None:
    was = seen.lines.get(line.item.product_id)
    if was is None or was[1] == line.answer.unit_price:
        return None
    before, after = (unit_money(price, business().currency) for price in (was[1], line.answer.unit_price))
    field = f"items.{_place(found, line.item)}.unit_price"
    return Refused(f"{line.item.name} costs {after} now, not {before}.", field=field, code="price_changed")


def _words(amount: Decimal) -> str:
    return money(amount, business().currency)


def payment_for(
    customer: Customer, wished: PaymentMethod | None, *, takes_cards: bool = False
) -> PaymentMethod:
    """On account where it was agreed; by card while somebody takes them."""
    on_account = customer.payment_terms != PREPAID
    method = wished or (PaymentMethod.ACCOUNT if on_account else PaymentMethod.TRANSFER)
    if method == PaymentMethod.CARD and not takes_cards:
        raise Refused(NO_CARDS, field="payment_method")
    if method == PaymentMethod.ACCOUNT and not on_account:
        raise Refused(f"{customer.name} pays in advance. Choose bank transfer.", field="payment_method")
    return method


def refuse_wrong_terms(found: Quote) -> None:
    """The day, and the least that is worth a journey."""
    if found.way and found.deliver_on not in found.days:
        raise Refused("We cannot deliver on that day. Choose one of the days offered.", field="deliver_on")
    refuse_too_little(found.basket.goods, found.customer)


def stands_against(found: Quote) -> str:
    """What would be refused whatever is typed on a page that shows it; empty where nothing would be."""
    try:
        refuse_whom_we_cannot_serve(found.customer)
        if found.basket.lines:
            refuse_wrong_terms(found)
    except Refused as refusal:
        return refusal.message
    return ""


def refuse_too_little(goods: Decimal, customer: Customer) -> None:
    least = customer.min_order_net
    if least is not None and goods < least:
        begins = f"Orders for {customer.name} begin at {_words(least)} before VAT."
        raise Refused(f"{begins} Add {_words(least - goods)} more.", field="items")
