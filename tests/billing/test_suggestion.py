"""What money that came in is for: what its reference names, what it fits to the penny, what was due first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing.suggestion import Payable, named_in, suggested

FIRST = date(2026, 11, 1)


def invoice(serial: int, amount: str, *, days: int = 0, order: int = 10001) -> Payable:
    number = f"INV-2026-{serial:05d}"
    return Payable(name=number, order_number=order, due_on=FIRST + timedelta(days=days), open=Decimal(amount))


def order(number: int, amount: str, *, days: int = 0) -> Payable:
    on = FIRST + timedelta(days=days)
    return Payable(name=str(number), order_number=number, due_on=on, open=Decimal(amount))


OLD, NEW, BIG = invoice(1, "30.00"), invoice(2, "20.00", days=9, order=10007), invoice(3, "99.00", days=5)
WAITING = order(10050, "12.50", days=3)
EVERYTHING = [NEW, WAITING, BIG, OLD]


@pytest.mark.parametrize(
    "reference",
    ["INV-2026-00002", "inv-2026-00002 thanks", "INV 2026 2", "INV2026/00002", "Order 10007", "PO10007/A"],
)
def test_what_the_reference_names_comes_first(reference):
    assert suggested(Decimal(20), reference, EVERYTHING) == {NEW.name: Decimal(20)}


def test_an_order_that_is_paid_in_advance_is_named_by_its_number():
    assert suggested(Decimal("12.50"), "10050", EVERYTHING) == {WAITING.name: Decimal("12.50")}


@pytest.mark.parametrize("reference", ["INV-2026-10050", "110050", "100501", "INV-2026-000021"])
def test_a_number_inside_another_one_names_nothing(reference):
    assert not any(one.is_among(named_in(reference)) for one in EVERYTHING)


def test_what_fits_to_the_penny_comes_before_what_is_older():
    assert suggested(Decimal("99.00"), "November", EVERYTHING) == {BIG.name: Decimal(99)}


def test_otherwise_the_oldest_is_paid_first_and_the_last_in_part():
    found = suggested(Decimal(50), "", EVERYTHING)
    assert found == {OLD.name: Decimal(30), WAITING.name: Decimal("12.50"), BIG.name: Decimal("7.50")}


def test_what_is_left_of_the_named_one_goes_to_the_one_it_fits():
    found = suggested(Decimal(119), "INV-2026-00002", EVERYTHING)
    assert found == {NEW.name: Decimal(20), BIG.name: Decimal(99)}


amounts = st.decimals("0.01", "500", places=2)
payables = st.lists(
    st.builds(
        lambda serial, amount, days: invoice(serial, str(amount), days=days),
        st.integers(1, 9),
        amounts,
        st.integers(0, 30),
    ),
    max_size=6,
    unique_by=lambda one: one.name,
)
references = st.sampled_from(["", "INV-2026-00003", "INV-2026-00001 and INV-2026-00005", "10001", "rent"])


@given(amounts, references, payables)
@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_never_more_than_came_in_or_is_open_and_never_less_than_goes(amount, reference, open_ones):
    found = suggested(amount, reference, open_ones)
    open_by_name = {one.name: one.open for one in open_ones}
    assert all(0 < used <= open_by_name[name] for name, used in found.items())
    assert sum(found.values()) == min(amount, sum(open_by_name.values()))
