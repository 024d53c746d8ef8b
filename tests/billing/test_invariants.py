"""Invoices, their numbers and the money that pays them agree; whatever does not, is named."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from app.billing.models import Invoice
from app.billing.service import receiving
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.models import Order
from tests.billing.owing import came_in, invoice_of
from tests.orders.standing import in_every_stage
from tests.orders.test_invariants import broken, corrupted

NUMBERS, PAPERS, MONEY, LEFT = (
    "numbers_have_no_gap",
    "papers_stay_as_issued",
    "money_is_used_once",
    "what_left_is_invoiced",
)

BY_RECEIPT = (
    "used AS (UPDATE receipt SET unused = receipt.unused - back.amount FROM back RETURNING receipt.id)"
    " INSERT INTO allocation (customer_id, receipt_id, refund_id, amount, made_on, made_by, made_by_name)"
    " SELECT back.customer_id, used.id, back.id, back.amount, current_date, 'system', '' FROM back, used"
)


@pytest.fixture
def orders(context, owner, copper_kettle) -> dict[str, Order]:
    """Three have left, the first in part: £22.20, £25.00 and £25.00."""
    return in_every_stage(copper_kettle)


@pytest.fixture
def invoice(orders, copper_kettle) -> Invoice:
    """The second, half paid by bank."""
    found = invoice_of(orders["shipped"])
    receiving.allocate(
        came_in("20.00", copper_kettle).id, {found.number: Decimal("12.50")}, by=SYSTEM, on=today()
    )
    return found


def changed(invoice: Invoice, change: str) -> None:
    """By somebody who can switch the trigger off."""
    for table in ("invoice", "invoice_line", "allocation"):
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_history"))
    corrupted(change, id=invoice.id)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("serial = 12 WHERE id = :id", "comes after number 1"),
        ("number = 'INV-2026-1' WHERE id = :id", "is not the number of its row"),
        ("issued_on = issued_on - 1 WHERE id = :id", "is of an earlier day than the number before it"),
    ],
)
def test_a_gap_and_a_day_that_goes_back_are_named(invoice, change, said):
    changed(invoice, f"UPDATE invoice SET {change}")
    assert said in {what for _, what in broken()[NUMBERS]}


def test_a_series_that_gave_more_numbers_than_there_are_papers_is_named(invoice):
    corrupted("UPDATE number_series SET last = last + 1")
    year = today().year
    assert broken() == {NUMBERS: [(f"number series INV-{year}", "has given 4, its newest paper has 3")]}


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE invoice SET buyer = buyer || \'{"name": "Another"}\' WHERE id = :id',
        "UPDATE invoice SET supplied_on = supplied_on - 1 WHERE id = :id",
        "UPDATE invoice_line SET name = 'Rye' WHERE invoice_id = :id AND line = 1",
    ],
)
def test_a_paper_that_was_changed_is_named(invoice, change):
    changed(invoice, change)
    assert broken() == {
        PAPERS: [(f"invoice {invoice.number}", "does not say what it said when it was issued")]
    }


@pytest.mark.parametrize(
    ("change", "row", "said"),
    [
        (
            "UPDATE receipt SET unused = 7",
            "receipt",
            "has 7.00 unused, its allocations leave 7.50",
        ),
        (
            "UPDATE invoice_balance SET open = 12.47 WHERE invoice_id = :id",
            "invoice",
            "has 12.47 open, its allocations leave 12.50",
        ),
        (
            "UPDATE invoice_balance SET due_on = due_on + 1 WHERE invoice_id = :id",
            "invoice",
            "has a balance that is due on another day",
        ),
        ("DELETE FROM invoice_balance WHERE invoice_id = :id", "invoice", "has no balance"),
        (
            "UPDATE allocation SET customer_id = (SELECT max(id) FROM customer)",
            "allocation",
            "lets one customer pay for another",
        ),
        (
            "INSERT INTO payment (customer_id, amount, currency, status, captured, unused)"
            " SELECT customer_id, 9, 'GBP', 'captured', 9, 8 FROM invoice WHERE id = :id",
            "payment",
            "has 8.00 unused, its allocations leave 9.00",
        ),
        (
            "WITH paid AS (INSERT INTO payment (customer_id, amount, currency, status, captured, unused)"
            " SELECT customer_id, 5, 'GBP', 'captured', 5, 5 FROM invoice WHERE id = :id RETURNING *),"
            " back AS (INSERT INTO refund (customer_id, payment_id, amount, status)"
            f" SELECT customer_id, id, 5.01, 'pending' FROM paid RETURNING *), {BY_RECEIPT}",
            "payment",
            "brought 5.00, and gives back 5.01",
        ),
        (
            "INSERT INTO payment (customer_id, amount, currency, status, captured, unused, refunded)"
            " SELECT customer_id, 9, 'GBP', 'part_refunded', 9, 9, 4 FROM invoice WHERE id = :id",
            "payment",
            "was given back 4.00, its refunds come to 0",
        ),
        (
            "INSERT INTO refund (customer_id, amount, status) SELECT customer_id, 3, 'pending'"
            " FROM invoice WHERE id = :id",
            "refund",
            "gives back 3.00, and uses 0",
        ),
        (
            "WITH back AS (INSERT INTO refund (customer_id, amount, status) SELECT customer_id, 3, 'failed'"
            f" FROM invoice WHERE id = :id RETURNING *), {BY_RECEIPT}",
            "refund",
            "gives back 0, and uses 3.00",
        ),
    ],
)
def test_money_that_does_not_agree_is_named(invoice, northgate, change, row, said):
    changed(invoice, change)
    [(named, what)] = broken()[MONEY]
    assert (named.split()[0], what) == (row, said)


def test_more_credited_than_was_invoiced_is_named(invoice):
    """A line of itself will do for a credit note."""
    changed(
        invoice,
        "INSERT INTO invoice_line (invoice_id, line, kind, order_item_id, name, quantity, unit_price, tax_rate,"
        " net, tax, credits_line_id) SELECT invoice_id, 9, kind, order_item_id, name, quantity + 1, unit_price,"
        " tax_rate, net, tax, id FROM invoice_line WHERE invoice_id = :id AND line = 2",
    )
    assert broken()[MONEY] == [(f"invoice {invoice.number}", "line 2 is credited beyond what it charged")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE invoice_line SET quantity = 9 WHERE invoice_id = :id AND line = 2",
            "line 2 sent 10 times is invoiced 9 times",
        ),
        (
            "UPDATE invoice_line SET unit_price = 0.34 WHERE invoice_id = :id AND line = 2",
            "line 2 is invoiced at another price",
        ),
        (
            "UPDATE invoice SET rounding = 0.01, total = total + 0.01 WHERE id = :id",
            "notes 25.00, its invoices come to 25.01",
        ),
    ],
)
def test_an_order_invoiced_otherwise_than_it_left_is_named(orders, invoice, change, said):
    changed(invoice, change)
    assert broken()[LEFT] == [(f"order {orders['shipped'].number}", said)]


def test_what_left_without_an_invoice_is_named_once_with_what_to_do(orders, invoice):
    """As everything was that left before there were any."""
    for table in ("allocation", "receipt", "invoice_balance", "invoice_line", "invoice"):
        changed(invoice, f"DELETE FROM {table} WHERE :id > 0")
    corrupted('UPDATE "order" SET invoiced = 0; DELETE FROM number_series')
    said = "left and has no invoice: run flask billing catch-up, with --paid-before for what is paid already"
    left = [orders[stage].number for stage in ("part_shipped", "shipped", "delivered")]
    assert broken() == {LEFT: [(f"shipment {number}/1", said) for number in left]}
