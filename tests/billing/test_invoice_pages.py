"""Lists of invoices and the page of one, for buyers and for the desk."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import g
from sqlalchemy import text

from app.accounts.models import User
from app.billing.models import Invoice
from app.billing.service import crediting, receiving
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from tests import factories
from tests.billing.owing import came_in, invoice_for
from tests.statements import noted
from tests.visitor import Visitor


@pytest.fixture
def invoices(cafe, deli, loaf) -> dict[str, Invoice]:
    """Two of the café, one of them long overdue and in part credited, and one of the deli that is paid."""
    overdue, due, paid = (invoice_for({loaf: 2}, one) for one in (cafe, cafe, deli))
    with_age(overdue, 45)
    crediting.credit(overdue.number, lines={1: 1}, with_delivery=False, reason="Burnt", by=SYSTEM, on=today())
    money = came_in("7.80", deli, "ND 88")
    receiving.allocate(money.id, {paid.number: Decimal("7.80")}, by=SYSTEM, on=today())
    return {"overdue": overdue, "due": due, "paid": paid}


def with_age(invoice: Invoice, days: int) -> None:
    """Papers never change, and neither does time: only the balance knows that it was due long ago."""
    due = today() - timedelta(days=days)
    statement = text("UPDATE invoice_balance SET due_on = :due WHERE invoice_id = :id")
    db.session.execute(statement, {"due": due, "id": invoice.id})
    db.session.commit()


@pytest.fixture
def amir(app) -> User:
    with app.app_context():
        return factories.user("Amir Shah", role="accounts")


@pytest.fixture
def desk(as_user: Callable[[User], Visitor], amir: User) -> Visitor:
    return as_user(amir)


def listed(browser: Visitor, address: str, invoices: dict[str, Invoice]) -> set[str]:
    page = browser.get(address)
    assert page.status_code == 200
    return {name for name, one in invoices.items() if f">{one.number}</a>" in page.text}


def somebody_else(browser: Visitor) -> Visitor:
    """Flask-Login keeps who came first."""
    g.pop("_login_user", None)
    return browser


def test_a_buyer_sees_their_own_and_what_is_to_pay(as_user, maya, ben, invoices):
    hers = as_user(maya)
    assert listed(hers, "/invoices", invoices) == {"overdue", "due"}
    assert listed(hers, "/invoices?state=open", invoices) == {"overdue", "due"}
    assert listed(hers, "/invoices?state=overdue", invoices) == {"overdue"}
    assert listed(hers, f"/invoices?q={invoices['due'].order_number}", invoices) == {"due"}
    page = hers.get("/invoices?state=overdue").text
    assert (">Overdue</span>" in page, "£3.90" in page) == (True, True)
    assert "Nothing to pay" in somebody_else(as_user(ben)).get("/invoices?state=open").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"overdue", "due", "paid"}),
        ("state=open", {"overdue", "due"}),
        ("state=overdue", {"overdue"}),
        ("state=paid", {"paid"}),
        ("state=credit", set()),
        ("age=31-60", {"overdue"}),
        ("age=1-30", set()),
        ("age=current", {"due"}),
        ("age=90%2B", set()),
        ("customer=NORTHGATE-DELI", {"paid"}),
        ("kind=credit_note", set()),
        ("q=northgate", {"paid"}),
        ("q=%00%25", set()),
        ("state=nonsense&age=nonsense&kind=nonsense", {"overdue", "due", "paid"}),
    ],
)
def test_the_desk_narrows_its_list(desk, invoices, query, found):
    assert listed(desk, f"/desk/invoices?{query}", invoices) == found


def test_an_invoice_is_found_by_each_of_its_numbers(desk, invoices):
    due = invoices["due"]
    for q in (due.number, due.number.lower(), due.number.removeprefix("INV-"), str(due.order_number)):
        assert listed(desk, f"/desk/invoices?q={q}", invoices) == {"due"}, q


def test_a_list_goes_on_where_it_ended(desk, cafe, loaf, monkeypatch):
    monkeypatch.setattr("app.billing.queries.listed.PAGE_SIZE", 2)
    made = {str(n): invoice_for({loaf: 1}, cafe) for n in range(5)}
    for query, pages in (("", ["43", "21", "0"]), ("state=open", ["01", "23", "4"])):
        address, seen = f"/desk/invoices?{query}", []
        while address:
            seen.append(listed(desk, address, made))
            page = desk.get(address).text
            after = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
            address = after.replace("&amp;", "&") if 'rel="next"' in page else ""
        assert seen == [set(page) for page in pages]


def test_the_file_has_every_row_with_what_is_open(desk, as_user, maya, invoices):
    rows = desk.get("/desk/invoices.csv?state=overdue").text.splitlines()
    assert rows[0].lstrip("\ufeff").startswith("Customer code,Customer,Number,What,Date,Due,Order")
    [row] = rows[1:]
    assert row.startswith(f"COPPER-KETTLE-CAF,Copper Kettle Café,{invoices['overdue'].number},Invoice,")
    assert row.endswith("7.80,3.90,GBP,Overdue")
    hers = somebody_else(as_user(maya)).get("/invoices.csv").text
    assert (invoices["due"].number in hers, invoices["paid"].number in hers) == (True, False)


def test_the_desk_sees_what_paid_an_invoice_and_what_was_credited(desk, invoices):
    paid = desk.get(f"/desk/invoices/{invoices['paid'].number}").text
    assert "ND 88" in paid
    assert ">Paid</span>" in paid
    overdue = desk.get(f"/desk/invoices/{invoices['overdue'].number}").text
    note = f"CN-{today().year}-00001"
    assert f'/desk/invoices/{note}"' in overdue
    assert "£3.90 to pay by" in overdue
    of_the_note = desk.get(f"/desk/invoices/{note}").text
    assert "What it paid" in of_the_note
    assert f'/desk/invoices/{invoices["overdue"].number}"' in of_the_note


def test_the_pages_of_the_order_and_the_shipment_lead_to_the_invoice(desk, as_user, maya, invoices):
    due = invoices["due"]
    at_the_desk, hers = f'/desk/invoices/{due.number}"', f'"/invoices/{due.number}"'
    order = desk.get(f"/desk/orders/{due.order_number}").text
    assert f"Invoice {due.number} issued" in order
    assert order.count(at_the_desk) == 2, "on the slip and in the timeline"
    assert at_the_desk in desk.get(f"/desk/shipments/{due.shipment_id}").text
    assert somebody_else(as_user(maya)).get(f"/orders/{due.order_number}").text.count(hers) == 2


def test_a_long_list_asks_no_more_than_a_short_one(desk, cafe, loaf):
    invoice_for({loaf: 1}, cafe)
    desk.get("/desk/invoices")
    with noted() as few:
        desk.get("/desk/invoices")
    for _ in range(5):
        invoice_for({loaf: 1}, cafe)
    with noted() as many:
        desk.get("/desk/invoices")
    assert len(many) == len(few) == 1, "beside who asks"
