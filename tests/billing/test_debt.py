"""What customers owe, by how long it has been overdue; each number leads to the invoices behind it."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from app.billing.models import InvoiceBalance
from app.billing.queries.debt import all_debt, debts_listed
from app.billing.service import crediting, receiving
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from tests import factories
from tests.billing.owing import came_in, invoice_for
from tests.visitor import Visitor

AGES = ("current", "1-30", "31-60", "61-90", "90+")


@pytest.fixture
def amir(as_user, context) -> Visitor:
    """Accounts."""
    found: Visitor = as_user(factories.user("Amir Rahman", role="accounts"))
    return found


def owed(wanted, customer, *, days_late: int) -> None:
    """An invoice that was due so many days ago."""
    invoice = invoice_for(wanted, customer)
    db.session.get_one(InvoiceBalance, invoice.id).due_on = today() - timedelta(days=days_late)
    db.session.commit()


def debts() -> list[tuple]:
    rows = debts_listed(today(), sort="overdue", descending=True).rows
    return [
        (row.name, *(str(getattr(row, age)) for age in AGES), str(row.total), str(row.unused)) for row in rows
    ]


def test_every_day_has_its_age_and_the_most_overdue_comes_first(cafe, deli, loaf):
    for days in (-30, 0, 1, 30, 31, 60, 61, 90, 91, 400):
        owed({loaf: 1}, cafe, days_late=days)
    owed({loaf: 9}, deli, days_late=45)
    came_in("1.00", deli)
    assert debts() == [
        (deli.name, "0", "0", "35.10", "0", "0", "35.10", "1.00"),
        (cafe.name, *["7.80"] * 5, "39.00", "0"),
    ]
    sums = all_debt(today())
    assert (sums.total, getattr(sums, "31-60"), sums.unused) == (Decimal("74.10"), Decimal("42.90"), 1)


def test_credit_and_money_that_paid_nothing_stand_beside_what_is_owed(cafe, deli, loaf):
    invoice = invoice_for({loaf: 2}, cafe)
    paid(invoice, came_in("10.00", cafe))
    crediting.credit(invoice.number, lines={1: 1}, with_delivery=False, reason="Burnt", by=SYSTEM, on=today())
    assert debts() == [(cafe.name, *["0"] * 6, "6.10")]


def paid(invoice, receipt) -> None:
    receiving.allocate(receipt.id, {invoice.number: invoice.total}, by=SYSTEM, on=today())


def test_the_page_leads_to_what_stands_behind_each_number(amir, cafe, loaf):
    assert "Nobody owes us anything" in amir.get("/desk/debt").text
    owed({loaf: 1}, cafe, days_late=45)
    owed({loaf: 2}, cafe, days_late=-5)
    page = html.unescape(amir.get("/desk/debt").text)
    links = dict(re.findall(r'<a href="(/desk/invoices\?[^"]+)">(£[^<]+)</a>', page))
    assert links == {
        f"/desk/invoices?customer={cafe.code}&age=31-60": "£3.90",
        f"/desk/invoices?customer={cafe.code}&age=current": "£7.80",
        f"/desk/invoices?customer={cafe.code}&state=open": "£11.70",
        "/desk/invoices?age=31-60": "£3.90",
        "/desk/invoices?age=current": "£7.80",
        "/desk/invoices?state=open": "£11.70",
    }
    for link, amount in links.items():
        listed = html.unescape(amir.get(link).text)
        assert all(word in listed for word in {"£11.70": ("£3.90", "£7.80")}.get(amount, (amount,)))


def test_the_file_has_every_customer(amir, cafe, deli, loaf):
    owed({loaf: 1}, cafe, days_late=45)
    came_in("5.00", deli)
    lines = amir.get("/desk/debt.csv").text.splitlines()
    assert lines[0].endswith(
        "Code,Customer,Not due yet,1–30 days,31–60 days,61–90 days,Over 90 days,Overdue,Total,Unused money"
    )
    assert [line.split(",")[2:] for line in lines[1:]] == [
        ["0", "0", "3.90", "0", "0", "3.90", "3.90", "0"],
        ["0"] * 7 + ["5.00"],
    ]
