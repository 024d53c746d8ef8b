"""The first list that has a price for the quantity decides."""

from decimal import Decimal

from app.catalogue.models import PriceListKind
from app.catalogue.pricing import Break, Offer, breaks, price

LISTS = {
    "base": (1, PriceListKind.BASE),
    "cafes": (2, PriceListKind.LIST),
    "copper": (3, PriceListKind.CONTRACT),
}


def offer(code: str, unit_price: str, *, at_least: int = 1) -> Offer:
    list_id, kind = LISTS[code]
    return Offer(
        kind=kind,
        list_id=list_id,
        list_code=code,
        list_name=code.title(),
        min_qty=at_least,
        unit_price=Decimal(unit_price),
    )


def test_a_product_without_a_price_is_on_request():
    assert price([], 1) is None
    assert breaks([]) == []


def test_below_the_smallest_quantity_there_is_no_price():
    assert price([offer("base", "5", at_least=12)], 11) is None


def test_a_contract_comes_before_the_customers_list_and_that_before_base():
    everything = [offer("base", "5"), offer("cafes", "4"), offer("copper", "4.5")]
    found = price(everything, 1)
    assert (found.unit_price, found.list_price, found.because.list_code) == (Decimal("4.5"), 5, "copper")
    assert price(everything[:2], 1).because.list_code == "cafes"


def test_a_list_that_begins_at_more_leaves_small_quantities_to_the_next():
    both = [offer("base", "5"), offer("copper", "4", at_least=10)]
    assert price(both, 9).because.list_code == "base"
    assert price(both, 10).because.list_code == "copper"


def test_within_a_list_the_greatest_quantity_reached_decides():
    steps = [offer("base", "5"), offer("base", "4", at_least=10), offer("base", "3", at_least=100)]
    assert [price(steps, quantity).unit_price for quantity in (1, 9, 10, 99, 100)] == [5, 5, 4, 4, 3]


def test_the_dearer_contract_still_wins():
    assert price([offer("base", "5"), offer("copper", "6")], 1).unit_price == 6


def test_breaks_are_where_the_price_changes_for_this_customer():
    both = [offer("base", "5"), offer("base", "4", at_least=10), offer("copper", "4", at_least=5)]
    assert breaks(both) == [Break(1, Decimal(5)), Break(5, Decimal(4))]


def test_of_two_contracts_that_hold_the_newer_decides():
    older, newer = offer("copper", "4"), offer("copper", "6")._replace(list_id=9, list_code="newer")
    assert price([newer, older], 1).because.list_code == "newer"
    assert price([older, newer], 1).because.list_code == "newer"
