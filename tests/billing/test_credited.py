"""What parts of an invoice give back: whatever the parts, together exactly the invoice."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.credited import Part, credited, spread

PENCE = st.integers(0, 100_000).map(lambda pence: Decimal(pence) / 100)
LINES = st.lists(st.tuples(st.integers(1, 40), PENCE, PENCE), min_size=1, max_size=6)
ROUNDING = st.integers(-3, 3).map(lambda pence: Decimal(pence) / 100)


@settings(deadline=None)  # the machine may be busy
@given(LINES, ROUNDING, st.data())
def test_any_sequence_of_parts_ends_exactly_at_the_invoice(lines, rounding, data):
    sums = sum(net + tax for _, net, tax in lines)
    total = max(sums + rounding, Decimal(0))
    before, nets, taxes, given_back = [0] * len(lines), Decimal(0), Decimal(0), Decimal(0)
    while any(done < line[0] for done, line in zip(before, lines, strict=True)):
        now = [data.draw(st.integers(0, line[0] - done)) for done, line in zip(before, lines, strict=True)]
        if not any(now):
            now = [line[0] - done for done, line in zip(before, lines, strict=True)]
        parts = [Part(n, *line, before[n], now[n]) for n, line in enumerate(lines)]
        found = credited(parts, total)
        assert all(cut.net >= 0 and cut.tax >= 0 for cut in found.cuts)
        assert found.total >= 0
        before = [done + more for done, more in zip(before, now, strict=True)]
        nets, taxes, given_back = nets + found.net, taxes + found.tax, given_back + found.total
        assert given_back <= total
    assert (nets, taxes) == (sum(line[1] for line in lines), sum(line[2] for line in lines))
    assert given_back == total


def test_a_third_at_a_time_leaves_no_penny_behind():
    totals = [credited([Part(1, 3, Decimal("10.00"), Decimal("2.00"), n, 1)], Decimal(12)) for n in range(3)]
    assert [str(one.net) for one in totals] == ["3.33", "3.34", "3.33"]
    assert [str(one.tax) for one in totals] == ["0.67", "0.66", "0.67"]


def test_what_is_credited_comes_from_the_oldest_invoice_first():
    assert spread([{1: 4, 2: 1}, {1: 6}], {1: 7, 2: 1}) == [{1: 4, 2: 1}, {1: 3}]
    assert spread([{1: 4}, {2: 2}], {2: 2}) == [{}, {2: 2}]
