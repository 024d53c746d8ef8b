"""Taking down an order for a customer: what the lines mean, what stands against it, and that it is placed once."""

import html
import re
from decimal import Decimal

import pytest

from app.accounts.models import CustomerStatus
from app.catalogue.models import Product, ProductStatus
from app.core import clock
from app.core.database import db
from app.orders.models import Order
from app.orders.states import Channel, HoldReason
from tests import factories
from tests.orders.ordering import able_to_order, goods, placed
from tests.stock.shelving import filled, shelf


@pytest.fixture
def path(cafe) -> str:
    return f"/desk/orders/new?customer={cafe.code}"


@pytest.fixture
def buns(context) -> Product:
    """In sixes."""
    return filled(goods("Burger buns", "0.60", pack_size=6), 100)


@pytest.fixture
def shelves(loaf, buns) -> None:
    """Loaves and buns."""


def checked(desk, path: str, lines: str, **more: str):
    return desk.submit(path, lines=lines, do="check", **more)


def place(desk, path: str, lines: str, *, once: str = "one", **more: str):
    """Looked at first, then placed as it was seen."""
    seen = seen_on(checked(desk, path, lines, **more))
    return desk.submit(path, **({"lines": lines, "do": "place", "seen": seen, "once": once} | more))


def seen_on(page) -> str:
    """What whoever places it has looked at."""
    return re.search(r'name="seen" value="([^"]*)"', page.text)[1]


def orders() -> list[Order]:
    db.session.expire_all()
    return db.session.query(Order).order_by(Order.id).all()


def said(answer) -> str:
    return html.unescape(answer.text)


def test_the_customer_is_chosen_first_among_those_who_can_order(clerk, cafe, deli, context):
    factories.customer("Slow Payer", status=CustomerStatus.ON_STOP)
    page = clerk.get("/desk/orders/new").text
    assert (cafe.name in page, deli.name in page, "Slow Payer" in page) == (True, True, False)
    page = clerk.get("/desk/orders/new?q=kettle").text
    assert (f"customer={cafe.code}" in page, deli.name in page) == (True, False)
    assert "No customer fits" in clerk.get("/desk/orders/new?q=nothing-like-it").text


def test_a_customer_that_is_not_there_is_not_found(clerk, context):
    assert clerk.get("/desk/orders/new?customer=NOBODY").status_code == 404


@pytest.mark.parametrize(("code", "status"), [("%00", 200), ("NO%00BODY", 404)])
def test_a_code_that_no_database_can_hold_is_nobodys(clerk, context, code, status):
    assert clerk.get(f"/desk/orders/new?customer={code}").status_code == status


def test_checking_shows_prices_stock_and_total_and_places_nothing(clerk, path, cafe, loaf, buns):
    agreed = factories.price_list("Agreed", customer_id=cafe.id)
    factories.price(loaf, "3.00", on=agreed)
    page = said(checked(clerk, path, "SOURDOUGH 4\nburger-buns, 12"))
    for words in ("Sourdough", "Burger buns", "£3.00", "£19.20", "£23.04", "20 free"):
        assert words in page
    assert "£0.00 of £5,000.00" in page
    assert orders() == []


def test_an_order_is_placed_once_however_often_it_is_sent(clerk, path, cafe, loaf, tom):
    sent = {"lines": "SOURDOUGH 4", "po_number": "CK-9", "notes": "Slice it"}
    seen = seen_on(checked(clerk, path, **sent))
    for _ in range(2):
        answer = clerk.submit(path, **sent, do="place", seen=seen, once="one")
        [order] = orders()
        assert (answer.status_code, answer.location) == (303, f"/desk/orders/{order.number}")
    assert (order.customer_id, order.channel, order.placed_by_name) == (cafe.id, Channel.STAFF, tom.name)
    assert (order.po_number, order.notes, order.total) == ("CK-9", "Slice it", Decimal("15.60"))
    assert shelf(loaf).reserved == 4
    assert f"Order {order.number} is placed for {cafe.name}" in clerk.get(answer.location).text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("NONSENSE 4", "No product has this SKU."),
        ("SOURDOUGH 0", "0 of it is nothing to order."),
        ("SOURDOUGH -1", "is not a quantity"),
        ("SOURDOUGH 1.5", "is not a quantity"),
        ("SOURDOUGH 1e9", "is not a quantity"),
        ("SOURDOUGH 1000000000", "is too many"),
        ("OLD-BLEND 1", "We no longer sell it."),
    ],
)
def test_a_line_that_is_not_clear_is_named_and_stands_in_the_way(clerk, path, shelves, line, words):
    goods("Old blend", status=ProductStatus.DISCONTINUED)
    lines = f"BURGER-BUNS 6\n{line}"
    assert words in said(checked(clerk, path, lines))
    answer = place(clerk, path, lines)
    assert (answer.status_code, orders()) == (422, [])
    assert "Put 1 line right or take them out first." in said(answer)
    assert line in said(answer)


def test_packs_and_what_is_left_are_put_right_before_anything_is_placed(clerk, path, loaf, buns):
    page = said(checked(clerk, path, "BURGER-BUNS 7\nSOURDOUGH 25"))
    assert "12, not 7: it comes in packs of 6." in page
    assert "Only 20 left, you asked for 25." in page
    place(clerk, path, "BURGER-BUNS 7\nSOURDOUGH 25")
    [order] = orders()
    assert shelf(buns).reserved == 12
    assert shelf(loaf).reserved == 20
    assert order.line_count == 2


def test_nothing_is_placed_that_nobody_has_looked_at(clerk, path, loaf):
    for seen in ("", "nonsense", "1:1:1=1", f"1:1:1={'9' * 5000}"):
        answer = clerk.submit(path, lines="SOURDOUGH 4", do="place", seen=seen)
        assert (answer.status_code, orders()) == (422, [])


def test_a_price_that_changed_meanwhile_is_shown_and_asked_again(clerk, path, cafe, loaf):
    seen = seen_on(checked(clerk, path, "SOURDOUGH 4"))
    factories.price(loaf, "3.00", on=factories.price_list("Agreed", customer_id=cafe.id))
    sent = {"lines": "SOURDOUGH 4", "do": "place", "once": "one"}
    answer = clerk.submit(path, **sent, seen=seen)
    assert (answer.status_code, orders()) == (422, [])
    assert "Sourdough costs £3.00 now, not £3.25." in said(answer)
    assert clerk.submit(path, **sent, seen=seen_on(answer)).status_code == 303


def test_what_goes_over_the_limit_is_said_first_and_waits_on_hold(clerk, path, cafe, loaf):
    placed({loaf: 2}, cafe)
    cafe.credit_limit = Decimal(10)
    db.session.commit()
    page = said(checked(clerk, path, "SOURDOUGH 4"))
    assert "It goes over the limit by £13.40, so it will wait on hold." in page
    answer = place(clerk, path, "SOURDOUGH 4")
    assert orders()[-1].hold_reason == HoldReason.CREDIT
    assert "It waits on hold." in clerk.get(answer.location).text


def test_whoever_pays_in_advance_is_not_offered_an_account(clerk, path, cafe, loaf):
    able_to_order(factories.customer("Prepaid Place"), payment_terms="prepay", credit_limit=Decimal(0))
    page = checked(clerk, "/desk/orders/new?customer=PREPAID-PLACE", "SOURDOUGH 1").text
    assert 'value="account"' not in page
    place(clerk, "/desk/orders/new?customer=PREPAID-PLACE", "SOURDOUGH 1")
    assert [order.hold_reason for order in orders()] == [HoldReason.PAYMENT]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"status": CustomerStatus.ON_STOP}, "is on stop, so nothing can be ordered"),
        ({"status": CustomerStatus.CLOSED}, "is closed, so nothing can be ordered"),
        ({"min_order_net": Decimal(100)}, "begin at £100.00 before VAT."),
        ({"po_required": True}, "Type an order reference"),
    ],
)
def test_what_stands_against_the_customer_is_said_and_nothing_is_placed(clerk, cafe, loaf, facts, words):
    path = f"/desk/orders/new?customer={cafe.code}"
    for name, value in facts.items():
        setattr(cafe, name, value)
    db.session.commit()
    answer = place(clerk, path, "SOURDOUGH 4", notes="Slice it")
    assert (answer.status_code, orders()) == (422, [])
    assert words.lower() in said(answer).lower()
    assert "Slice it" in answer.text


def test_a_reference_of_an_earlier_order_is_refused_beside_its_box(clerk, path, cafe, loaf):
    cafe.po_required = True
    db.session.commit()
    earlier = placed({loaf: 1}, cafe, po_number="CK-9")
    answer = place(clerk, path, "SOURDOUGH 4", po_number="CK-9")
    assert answer.status_code == 422
    assert f"Order {earlier.number} has this reference already. Type another." in answer.text


def test_the_day_is_one_of_those_that_the_way_offers(clerk, path, loaf):
    van = factories.delivery_method("Our van")
    page = checked(clerk, path, "SOURDOUGH 4").text
    days = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page)
    terms = {"delivery_method": str(van.id)}
    assert place(clerk, path, "SOURDOUGH 4", **terms, deliver_on="2020-01-01").status_code == 422
    place(clerk, path, "SOURDOUGH 4", **terms, deliver_on=days[2])
    assert [order.promised_on.isoformat() for order in orders()] == [days[2]]


def test_a_way_that_is_offered_no_more_is_refused_and_not_replaced(clerk, path, loaf):
    gone, van = (factories.delivery_method(name) for name in ("Old van", "New van"))
    terms = {"delivery_method": str(gone.id)}
    seen = seen_on(checked(clerk, path, "SOURDOUGH 4", **terms))
    gone.deleted_at = clock.now()
    db.session.commit()
    answer = clerk.submit(path, lines="SOURDOUGH 4", do="place", seen=seen, once="one", **terms)
    assert (answer.status_code, orders()) == (422, [])
    assert "Choose one of the ways of delivery." in said(answer)
    assert f'name="delivery_method" value="{van.id}"' in answer.text


def test_the_ways_say_what_they_cost_and_another_one_counts_anew(clerk, path, loaf):
    van = factories.delivery_method("Our van", price_net="4.50", free_over_net="150")
    round_ = factories.delivery_method("North round")
    typed = {"lines": "SOURDOUGH 4", "delivery_method": str(van.id)}
    page = clerk.submit(path, **typed).text  # as the script does it: no button is pressed
    assert "Our van<small>£4.50, free from £150.00 on</small>" in page
    assert "North round<small>Free</small>" in page
    assert "Delivery, Our van</dt><dd>£4.50<" in page
    assert f'name="delivery_method" value="{van.id}" checked data-recount' in page
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]
    dearer = {"lines": "SOURDOUGH 4", "do": "place", "seen": seen, "once": "one"}
    assert clerk.submit(path, **dearer, delivery_method=str(round_.id)).status_code == 422
    assert clerk.submit(path, **(typed | dearer)).status_code == 303


def test_an_empty_order_has_no_delivery_yet_and_asks_how_they_pay(clerk, path, loaf):
    factories.delivery_method("North round"), factories.delivery_method("Our van")
    for page in (clerk.get(path).text, clerk.submit(path, lines="").text):
        assert "Delivery, North round" not in page
        assert "How they pay" in page
        assert "How you pay" not in page
        assert "Type a SKU and how many" not in page


def test_an_empty_list_places_nothing(clerk, path, loaf):
    assert "Place order" not in clerk.get(path).text
    assert place(clerk, path, "").status_code == 422
    assert orders() == []


def test_five_hundred_lines_are_looked_at_and_no_more(clerk, path, loaf):
    answer = checked(clerk, path, "SOURDOUGH 1\n" * 501)
    assert (answer.status_code, "500" in answer.text) == (422, True)


def test_whoever_may_not_order_may_not_order_for_others(as_user, wanda, path):
    assert as_user(wanda).get(path).status_code == 403


def test_buyers_order_for_nobody_else(as_user, maya, path):
    assert as_user(maya).get(path).status_code == 404


def test_the_page_of_a_customer_leads_to_their_orders_and_a_new_one(clerk, cafe, path):
    page = said(clerk.get(f"/desk/customers/{cafe.code}"))
    assert path in page
    assert f"/desk/orders?view=all&q={cafe.code}" in page
    cafe.status = CustomerStatus.ON_STOP
    db.session.commit()
    assert path not in said(clerk.get(f"/desk/customers/{cafe.code}"))


def test_the_page_of_a_customer_shows_the_credit_that_is_used(clerk, cafe, loaf):
    page = f"/desk/customers/{cafe.code}"
    assert "£0.00 of £5,000.00" in clerk.get(page).text
    cafe.credit_limit = Decimal("31.20")
    db.session.commit()
    placed({loaf: 4}, cafe)
    text = clerk.get(page).text
    assert "£15.60 of £31.20" in text
    assert 'aria-label="50% of the credit limit is used"' in text
