"""However an order is split into shipments, its invoices come to exactly what the order comes to."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.invoiced import Charged, Leaving, Shipped, charged, due_on
from app.catalogue.totals import Line, line_net, totals

PENNY = Decimal("0.01")
RATES = [Decimal(rate) for rate in ("0", "0.05", "0.175", "0.2")]
prices = st.integers(0, 400_000).map(lambda price: Decimal(price) / 10_000)
lines = st.lists(st.tuples(prices, st.sampled_from(RATES)), min_size=1, max_size=5)
deliveries = st.tuples(st.sampled_from(["0.00", "4.50", "9.99"]).map(Decimal), st.sampled_from(RATES))


def leaving(priced: Sequence[tuple[Decimal, Decimal]], now: list[int], before: list[int]) -> list[Leaving]:
    return [
        Leaving(place, place, f"SKU-{place}", "Bread", "loaf", price, rate, quantity, left)
        for place, ((price, rate), quantity, left) in enumerate(zip(priced, now, before, strict=True))
        if quantity or left
    ]


def invoiced(parts: list[Leaving], delivery: tuple[Decimal, Decimal]) -> Charged:
    return charged(
        Shipped(
            order_id=1,
            order_number=10001,
            shipment_id=1,
            shipment_number="10001/1",
            customer_id=1,
            po_number="",
            terms="net30",
            is_prepaid=False,
            currency="GBP",
            bill_to={},
            deliver_to={},
            delivery_name="North round",
            delivery_net=delivery[0],
            delivery_rate=delivery[1],
            supplied_on=date(2026, 11, 22),
            lines=parts,
        )
    )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.data(), lines, deliveries)
def test_no_penny_is_lost_between_the_shipments_of_an_order(data, priced, delivery):
    """What is cancelled before it leaves is in no invoice, and in no order total either."""
    several = st.lists(st.integers(0, 9), min_size=len(priced), max_size=len(priced)).filter(any)
    shipments = data.draw(st.lists(several, min_size=1, max_size=5))
    so_far, papers = [0] * len(priced), []
    for now in shipments:
        papers.append(invoiced(leaving(priced, now, so_far), delivery))
        so_far = [left + quantity for left, quantity in zip(so_far, now, strict=True)]
    charges = [Line(line_net(n, price), rate) for (price, rate), n in zip(priced, so_far, strict=True) if n]
    order = totals([*charges, Line(*delivery)] if delivery[0] else charges)
    assert sum(paper.total for paper in papers) == order.total
    assert papers[0].rounding == 0
    for paper in papers:
        assert paper.net == sum(charge.net for charge in paper.charges)
        assert paper.tax == sum(charge.tax for charge in paper.charges)
        assert paper.total >= 0
        assert abs(paper.rounding) <= PENNY * (len(priced) + len(RATES))


@pytest.mark.parametrize(
    ("issued", "terms", "due"),
    [
        ("2026-03-28", "net7", "2026-04-04"),  # an hour short
        ("2026-10-24", "net14", "2026-11-07"),  # an hour long
        ("2028-01-30", "net30", "2028-02-29"),  # a leap day
        ("2026-12-31", "net60", "2027-03-01"),  # another year
        ("2026-12-31", "prepay", "2026-12-31"),
    ],
)
def test_it_is_due_so_many_days_of_the_calendar_later(issued, terms, due):
    assert due_on(date.fromisoformat(issued), terms) == date.fromisoformat(due)
