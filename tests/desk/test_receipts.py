"""Money that came in, at the desk: found, written down once, allocated as suggested or otherwise, taken back."""

import html
import re
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.billing.models import Receipt
from app.billing.queries.receipts import every_receipt
from app.core.business import today
from app.core.database import db
from app.orders.states import OrderStatus, PaymentMethod
from tests import factories
from tests.billing.owing import came_in, invoice_for, still_open, unused
from tests.orders.ordering import as_it_is, placed
from tests.visitor import Visitor


@pytest.fixture
def amir(as_user, context) -> Visitor:
    """Accounts."""
    found: Visitor = as_user(factories.user("Amir Rahman", role="accounts"))
    return found


@pytest.fixture
def waiting(cafe, loaf):
    """£7.80 by transfer."""
    return placed({loaf: 2}, cafe, payment_method=PaymentMethod.TRANSFER)


def said(answer) -> str:
    return html.unescape(answer.text)


def boxes(page) -> dict[str, str]:
    """What stands in the box of each invoice or order."""
    found = re.findall(r"<input[^>]*name=\"pays_([^\"]+)\"[^>]*>", page.text)
    values = re.findall(r"<input[^>]*name=\"pays_[^\"]+\"[^>]*>", page.text)
    return dict(zip(found, (re.search(r'value="([^"]*)"', value)[1] for value in values), strict=True))


def test_a_search_goes_by_its_indexes(context, cafe):
    """With few receipts PostgreSQL would read them all; told not to, it must find a way by the letters."""
    db.session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"))
    for q in ("kettle", "19.50"):
        rows = every_receipt(q=q, customer="", state="").rows.order_by(None)
        asked = rows.compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN {asked}", asked.params)
        steps = "\n".join(line for (line,) in plan)
        assert "ix_receipt_reference_letters" in steps, steps


def receipts() -> list[Receipt]:
    db.session.expire_all()
    return db.session.query(Receipt).order_by(Receipt.id).all()


def test_the_list_shows_what_is_to_be_allocated_first_and_finds_the_rest(amir, cafe, deli, loaf):
    invoice = invoice_for({loaf: 5}, cafe)
    used, left = came_in("19.50", cafe, "November bill"), came_in("250.00", deli)
    amir.submit(f"/desk/receipts/{used.id}", **{f"pays_{invoice.number}": "19.50"})
    rows = lambda query="": re.findall(r"/desk/receipts/(\d+)\"", amir.get(f"/desk/receipts{query}").text)  # noqa: E731
    assert rows() == [str(left.id)]
    assert rows("?show=all") == [str(left.id), str(used.id)]
    for query in ("?q=november", "?q=19.50", f"?show=all&customer={cafe.code}", "?q=kettle"):
        assert rows(query) == [str(used.id)]
    assert "No receipt matches" in amir.get("/desk/receipts?q=nothing").text
    file = amir.get("/desk/receipts.csv?show=all").text
    assert [line.split(",")[4:6] for line in file.splitlines()[1:]] == [
        ["250.00", "250.00"],
        ["19.50", "0.00"],
    ]


def test_a_receipt_is_written_down_once_however_often_it_is_sent(amir, cafe):
    page = amir.get("/desk/receipts/new")
    assert f"customer={cafe.code}" in page.text
    path = f"/desk/receipts/new?customer={cafe.code}"
    sent = {"amount": "£1,250.00", "received_on": today().isoformat(), "reference": "PO 7", "once": "one"}
    answers = [amir.submit(path, **sent) for _ in range(2)]
    [made] = receipts()
    assert {answer.location for answer in answers} == {f"/desk/receipts/{made.id}"}
    assert (made.amount, made.reference) == (Decimal(1250), "PO 7")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"amount": ""}, "Type how much came in, like 250.00."),
        ({"amount": "0"}, "Type an amount above 0"),
        ({"received_on": "2999-01-01"}, "That day is still to come."),
        ({"received_on": "1999-01-01"}, "Check the year."),
        ({"received_on": "soon"}, "Choose a day"),
    ],
)
def test_what_cannot_have_come_in_is_said_beside_its_box_and_the_rest_stays(amir, cafe, typed, words):
    usual = {"amount": "10.00", "received_on": today().isoformat(), "reference": "PO 7"}
    answer = amir.submit(f"/desk/receipts/new?customer={cafe.code}", **(usual | typed))
    assert (answer.status_code, words in said(answer), 'value="PO 7"' in answer.text) == (422, True, True)
    assert receipts() == []


def test_what_is_suggested_is_allocated_with_one_press_and_the_order_goes_on(amir, cafe, loaf, waiting):
    invoice = invoice_for({loaf: 5}, cafe)
    cafe.auto_confirm = True
    db.session.add(cafe)
    db.session.commit()
    receipt = came_in("20.00", cafe, f"order {waiting.number}")
    path = f"/desk/receipts/{receipt.id}"
    page = amir.get(path)
    assert boxes(page) == {str(waiting.number): "7.80", invoice.number: "12.20"}
    assert re.search(r"Allocate\s*<span data-sum>£20.00</span>", page.text)
    sent = {f"pays_{name}": amount for name, amount in boxes(page).items()}
    answer = amir.submit(path, **sent)
    assert (answer.status_code, answer.location) == (303, path)
    told = said(amir.get(path))
    assert f"£20.00 is allocated. Order {waiting.number} is paid and confirmed." in told
    assert as_it_is(waiting).status == OrderStatus.CONFIRMED
    assert (still_open(invoice), unused(receipt)) == (Decimal("7.30"), 0)
    assert "Paid by bank transfer, £7.80" in said(amir.get(f"/desk/orders/{waiting.number}"))


def test_an_order_that_is_paid_in_part_says_that_it_waits_on(amir, cafe, waiting):
    receipt = came_in("7.00", cafe)
    amir.submit(f"/desk/receipts/{receipt.id}", **{f"pays_{waiting.number}": "7.00"})
    page = said(amir.get(f"/desk/receipts/{receipt.id}"))
    assert f"£7.00 is allocated. Order {waiting.number} still waits for the rest." in page


def test_too_much_is_refused_beside_its_box_and_nothing_is_used(amir, cafe, loaf, waiting):
    invoice, receipt = invoice_for({loaf: 5}, cafe), came_in("60.00", cafe)
    path = f"/desk/receipts/{receipt.id}"
    wrong = [
        ({f"pays_{invoice.number}": "19.51"}, f"{invoice.number} has £19.50 open."),
        ({f"pays_{waiting.number}": "7.81"}, f"Order {waiting.number} has £7.80 still to pay."),
        ({f"pays_{invoice.number}": "nineteen"}, "is not an amount"),
        ({f"pays_{invoice.number}": "60.01"}, "That uses £60.01, and £60.00 of the receipt is left."),
        ({"pays_INV-2020-00001": "1.00"}, "INV-2020-00001 is not an invoice of this customer."),
        ({}, "Type how much to use"),
    ]
    for typed, words in wrong:
        answer = amir.submit(path, **typed)
        assert (answer.status_code, words in said(answer)) == (422, True), words
        assert all(
            boxes(answer).get(name.removeprefix("pays_"), value) == value for name, value in typed.items()
        )
    assert (still_open(invoice), unused(receipt)) == (Decimal("19.50"), Decimal(60))


def test_what_was_paid_can_be_taken_back_once_and_then_the_receipt_be_reversed(amir, cafe, loaf):
    invoice, receipt = invoice_for({loaf: 5}, cafe), came_in("19.50", cafe)
    path = f"/desk/receipts/{receipt.id}"
    amir.submit(path, **{f"pays_{invoice.number}": "19.50"})
    assert "Reverse this receipt" not in amir.get(path).text
    back = f"{path}/take-back/{invoice.number}"
    assert f"Take £19.50 back from {invoice.number}?" in said(amir.get(back))
    assert amir.submit(back).location == path
    assert (still_open(invoice), unused(receipt)) == (Decimal("19.50"), Decimal("19.50"))
    again = amir.submit(back)
    assert (again.status_code, "Nothing to take back" in again.text) == (409, True)
    assert amir.submit(f"{path}/reverse", reason="").status_code == 422
    assert amir.submit(f"{path}/reverse", reason="Not ours").location == path
    assert "Reversed" in said(amir.get(path))
    assert amir.submit(f"{path}/reverse", reason="Not ours").status_code == 409


def test_a_receipt_that_is_not_there_is_not_found(amir, context):
    for path in ("/desk/receipts/999", "/desk/receipts/999/reverse", "/desk/receipts/new?customer=NOBODY"):
        assert amir.get(path).status_code == 404


@pytest.mark.parametrize("name", ["010001", "99999999999999999999", "１０００１"])
def test_digits_that_are_no_number_of_an_order_are_not_found(amir, cafe, name):
    path = f"/desk/receipts/{came_in('10.00', cafe).id}"
    back = f"{path}/take-back/{name}"
    answers = [amir.get(back), amir.submit(back)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_box_of_no_number_of_an_order_uses_nothing(amir, cafe, waiting):
    receipt = came_in("10.00", cafe)
    answer = amir.submit(f"/desk/receipts/{receipt.id}", **{f"pays_0{waiting.number}": "1.00"})
    assert (answer.status_code, unused(receipt)) == (404, Decimal(10))


def test_who_has_paid_more_than_they_owe_has_used_no_credit(amir, cafe, loaf):
    came_in("12.50", cafe)
    order = placed({loaf: 1}, cafe)
    page = said(amir.get(f"/desk/orders/{order.number}"))
    assert "<dd>£0.00 of £5,000.00</dd>" in page
    assert "<dt>Paid in beside that</dt><dd>£8.60</dd>" in page
