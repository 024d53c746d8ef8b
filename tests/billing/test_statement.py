"""The statement: every movement of a customer's account, and the balance after each."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import g
from pypdf import PdfReader
from sqlalchemy import func, select

from app.accounts.models import User
from app.billing import periods
from app.billing.models import Allocation, InvoiceBalance, Payment, PaymentStatus, Receipt, Refund
from app.billing.periods import Period
from app.billing.queries.money import Source, SourceKind, Use, UseKind
from app.billing.queries.statement import figures_of, lines_of
from app.billing.service import crediting, receiving, settling
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.orders.service import paying
from tests import factories
from tests.accounts.program import Program, signed_in
from tests.billing.owing import came_in, invoice_for
from tests.orders.ordering import placed
from tests.statements import noted
from tests.visitor import Visitor

D = Decimal


@pytest.fixture
def amir(app) -> User:
    with app.app_context():
        return factories.user("Amir Shah", role="accounts")


@pytest.fixture
def programs(app, maya, ben, tom, amir) -> dict[str, Program]:
    return {user.name.split()[0]: signed_in(app, user) for user in (maya, ben, tom, amir)}


@pytest.fixture
def lively(cafe, deli, loaf):
    """An account on which all has happened that can; £3.90 a loaf. And another customer's beside it."""
    with clock.moved(-timedelta(days=150)):
        old = invoice_for({loaf: 10}, cafe)  # 39.00
    invoice_for({loaf: 2}, cafe)  # 7.80
    paid = invoice_for({loaf: 4}, cafe)  # 15.60
    pay(came_in("20.00", cafe, "CK OCT"), paid.number, "15.60")  # 4.40 left
    credited(paid.number, 1)  # 3.90, a credit
    credited(old.number, 2)  # 7.80, off what is open
    mistaken = came_in("99.00", cafe, "WRONG")
    receiving.reverse(mistaken.id, reason="Not theirs", by=SYSTEM, at=clock.now())
    order = placed({loaf: 3}, cafe, payment_method="transfer")
    receipt = came_in("11.70", cafe, str(order.number))
    paying.prepay(order.number, receipt.id, D("11.70"), by=SYSTEM, at=clock.now())
    by_card(cafe, "10.00")
    paid_back(cafe, receipt_with_more("5.00", cafe), "2.00")
    pay(came_in("3.90", deli), invoice_for({loaf: 1}, deli).number, "3.90")
    return cafe


def pay(receipt: Receipt, number: str, amount: str) -> None:
    receiving.allocate(receipt.id, {number: D(amount)}, by=SYSTEM, on=today())


def credited(number: str, quantity: int) -> None:
    lines = {1: quantity}
    crediting.credit(number, lines=lines, with_delivery=False, reason="Burnt", by=SYSTEM, on=today())


def by_card(customer, amount: str) -> None:
    facts = {"amount": D(amount), "captured": D(amount), "unused": D(amount), "currency": "GBP"}
    captured = {"status": PaymentStatus.CAPTURED, "captured_on": today(), "card": "Visa 4242"}
    db.session.add(Payment(customer_id=customer.id, **facts, **captured))
    db.session.commit()


def receipt_with_more(amount: str, customer) -> Receipt:
    return came_in(amount, customer, "TWICE")


def paid_back(customer, receipt: Receipt, amount: str, *, is_there: bool = True) -> None:
    how = {"status": "done", "refunded_on": today()} if is_there else {"status": "pending"}
    refund = Refund(customer_id=customer.id, amount=D(amount), **how)
    db.session.add(refund)
    db.session.commit()
    source, use = Source(SourceKind.RECEIPT, receipt.id), Use(UseKind.REFUND, refund.id)
    settling.settle(source, use, D(amount), customer_id=customer.id, by=SYSTEM, on=today())


def of_a_year() -> Period:
    return periods.named("year", today())


def sum_of(column, *where) -> Decimal:
    return db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(*where))


def test_the_balance_of_today_is_what_is_open_less_what_we_hold(lively):
    found = figures_of(lively.id, of_a_year(), today=today())
    of_theirs = [model.customer_id == lively.id for model in (InvoiceBalance, Receipt, Payment, Allocation)]
    held = sum_of(InvoiceBalance.open, of_theirs[0]) - sum_of(Receipt.unused, of_theirs[1])
    held -= sum_of(Payment.unused, of_theirs[2])
    held -= sum_of(Allocation.amount, of_theirs[3], Allocation.order_id.is_not(None))
    assert found.closing == found.balance == held == D("6.00")
    assert (found.open, found.overdue) == (D("39.00"), D("31.20"))
    assert [amount for _, amount in found.ages] == [D("7.80"), 0, 0, 0, D("31.20")]
    assert (found.unused, found.in_advance) == (D("21.30"), D("11.70"))


def test_money_on_its_way_back_is_counted_until_it_is_there(as_user, maya, lively):
    paid_back(lively, receipt_with_more("5.00", lively), "2.00", is_there=False)
    found = figures_of(lively.id, of_a_year(), today=today())
    assert (found.on_its_way, found.balance, found.closing) == (D("2.00"), D("1.00"), D("1.00"))
    browser = as_user(maya)
    assert "<dt>On its way back</dt><dd>−£2.00</dd>" in browser.get("/statement?period=year").text
    pdf = browser.get("/statement.pdf?period=year").data
    assert "On its way back" in " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_every_line_carries_the_balance_after_it(lively):
    lines = lines_of(lively.id, of_a_year(), opening=D(0))
    balance = D(0)
    for line in lines:
        balance += line.amount
        assert line.balance == balance
    assert balance == D("6.00")
    assert len(lines) == 12
    assert [line.day for line in lines] == sorted(line.day for line in lines)


def test_what_was_before_the_period_is_its_opening_balance(lively):
    month = Period(today() - timedelta(days=20), today())
    found = figures_of(lively.id, month, today=today())
    assert (found.opening, found.closing, found.how_many) == (D("39.00"), D("6.00"), 11)
    assert lines_of(lively.id, month, opening=found.opening)[0].balance == D("46.80")
    before = Period(date(2020, 1, 1), today() - timedelta(days=149))
    assert figures_of(lively.id, before, today=today()).closing == D("39.00")


def test_page_file_paper_and_program_say_the_same(programs, lively, as_user, maya):
    browser = as_user(maya)
    page = browser.get("/statement?period=year")
    assert page.status_code == 200
    for words in (
        "Opening balance",
        "£39.00",
        "Bank transfer taken back",
        "Visa 4242",
        "Over 90 days",
        "£6.00",
    ):
        assert words in page.text, words
    rows = list(csv.DictReader(browser.get("/statement.csv?period=year").text.lstrip("\ufeff").splitlines()))
    assert (len(rows), rows[-1]["Balance"]) == (12, "6.00")
    pdf = browser.get("/statement.pdf?period=year")
    assert pdf.mimetype == "application/pdf"
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf.data)).pages)
    assert all(one in words for one in ("Copper Kettle Café", "£39.00", "£6.00", "Over 90 days", "−£11.70"))
    told = programs["Maya"].get(f"/customers/{lively.code}/statement?from={of_a_year().starts}")
    assert told.get_json()["data"]["closing"] == "6.00"
    assert len(told.get_json()["data"]["lines"]) == 12
    credit = programs["Maya"].get(f"/customers/{lively.code}/credit").get_json()["data"]
    assert (credit["limit"], credit["used"], credit["overdue"]) == ("5000.00", "17.70", "31.20")


def test_programs_read_their_own_account_and_ours_what_the_desk_shows_them(programs, lively):
    heard = {
        path: [programs[who].get(f"/customers/{lively.code}/{path}").status_code for who in programs]
        for path in ("statement", "credit")
    }
    assert list(programs) == ["Maya", "Ben", "Tom", "Amir"]
    assert heard == {"statement": [200, 404, 403, 200], "credit": [200, 404, 200, 200]}


@pytest.fixture
def browsers(as_user, ben, tom, amir) -> dict[str, Visitor]:
    return {user.name.split()[0]: as_user(user) for user in (ben, tom, amir)}


def test_nobody_reads_the_account_of_others(browsers, lively):
    deli = browsers["Ben"].get("/statement?period=year").text
    assert ("£3.90" in deli, "£39.00" in deli) == (True, False)
    for path in ("statement", "statement.csv", "statement.pdf"):
        for name, status in (("Tom", 403), ("Amir", 200)):
            g.pop("_login_user", None)
            answer = browsers[name].get(f"/desk/customers/{lively.code}/{path}")
            assert answer.status_code == status, (name, path)


def test_a_long_account_asks_no_more_than_a_short_one(lively, as_user, amir):
    desk = as_user(amir)
    desk.get("/desk")
    with noted() as asked:
        desk.get(f"/desk/customers/{lively.code}/statement?period=year")
    assert len(asked) <= 5, asked


def test_a_period_that_is_too_long_says_so(as_user, maya, lively, monkeypatch):
    monkeypatch.setattr("app.billing.service.statements.MOST_LINES", 10)
    assert (
        "2 more lines in this period. Narrow the period" in as_user(maya).get("/statement?period=year").text
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("this-month", "", ""), ("2026-03-01", "2026-03-05")),
        (("last-month", "", ""), ("2026-02-01", "2026-02-28")),
        (("3-months", "", ""), ("2026-01-01", "2026-03-05")),
        (("year", "", ""), ("2025-04-01", "2026-03-05")),
        (("nonsense", "", "nonsense"), ("2026-01-01", "2026-03-05")),
        (("", "2026-02-03", "2026-02-10"), ("2026-02-03", "2026-02-10")),
        (("", "2026-02-10", "2026-02-03"), ("2026-02-03", "2026-02-10")),
        (("", "2026-02-03", "2030-01-01"), ("2026-02-03", "2026-03-05")),
        (("", "2030-01-01", ""), ("2026-03-05", "2030-01-01")),
    ],
)
def test_a_period_is_what_was_meant(asked, found):
    period = periods.asked(*asked, on=date(2026, 3, 5))
    assert (period.starts.isoformat(), period.ends.isoformat()) == found


def test_a_program_that_turns_the_days_round_is_told(programs, lively):
    answer = programs["Maya"].get(f"/customers/{lively.code}/statement?from=2026-02-02&to=2026-02-01")
    assert answer.status_code == 422
