"""The checkout: what is agreed to is what is ordered, once, or nothing is."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.accounts.models import CustomerStatus
from app.catalogue.models import ClosedDay, Price, Product, ProductStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.transaction import in_one_transaction
from app.orders.models import Order
from app.stock import service as stock
from app.web.templating import near_day
from tests import factories
from tests.orders.ordering import able_to_order, goods
from tests.shop.ordering import fields_of, fill, ordered, sent, words
from tests.statements import noted
from tests.stock.shelving import filled, shelf

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


@pytest.fixture
def cafe(copper_kettle, context):
    return able_to_order(copper_kettle)


@pytest.fixture
def van(cafe):
    """Comes every day to whoever can order."""
    return factories.delivery_method("Our van", weekdays=EVERY_DAY, price_net=Decimal("6.50"))


@pytest.fixture
def loaf(context):
    return filled(goods("Sourdough", "3.25"), 20)


def orders() -> list[Order]:
    db.session.expire_all()
    return list(db.session.scalars(select(Order).order_by(Order.id)))


def agree(customer, **facts) -> None:
    for name, value in facts.items():
        setattr(customer, name, value)
    db.session.add(customer)
    db.session.commit()


def test_what_is_on_the_page_is_what_is_ordered(mayas, van, espresso, loaf):
    fill(mayas, {espresso: 6, loaf: 2})
    page = mayas.get("/checkout")
    shown = words(page)
    assert "Place order, £141.60" in shown  # 105.00 + 6.50 + 6.50, and a fifth of it
    answer = sent(mayas, page, po_number="CK-1119", notes="Side door")
    (order,) = orders()
    assert answer.location == f"/orders/{order.number}"
    assert (order.total, order.po_number, order.notes) == (Decimal("141.60"), "CK-1119", "Side door")
    assert (order.channel, order.buyer_name, order.delivery_method) == ("web", "Maya Osei", "Our van")
    assert shelf(espresso).reserved == 6


def test_afterwards_the_basket_is_empty_and_the_page_says_what_comes_next(mayas, van, loaf):
    number = ordered(mayas, {loaf: 2})
    assert "We email you when it is confirmed." in words(mayas.get(f"/orders/{number}"))
    assert "Your basket is empty" in words(mayas.get("/basket"))


def test_who_confirms_at_once_is_told_the_day(mayas, cafe, van, loaf):
    agree(cafe, auto_confirm=True)
    number = ordered(mayas, {loaf: 2})
    assert "is confirmed. It arrives" in words(mayas.get(f"/orders/{number}"))


def test_an_empty_basket_leads_back_with_a_sentence(mayas, cafe):
    assert mayas.get("/checkout").location == "/basket"
    assert "there is nothing to order" in words(mayas.get("/basket"))


def test_a_second_click_makes_no_second_order(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    first, second = sent(mayas, page), sent(mayas, page)
    assert first.location == second.location
    assert len(orders()) == 1


def test_going_back_and_sending_again_neither_orders_twice_nor_takes_what_was_put_in_since(
    mayas, van, espresso, loaf
):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    first = sent(mayas, page)
    fill(mayas, {espresso: 1})
    mayas.get(first.location)
    again = sent(mayas, page, notes="And some butter")
    assert again.location == first.location
    assert f"Order {orders()[0].number} was placed already." in words(mayas.get(again.location))
    assert len(orders()) == 1
    assert f'name="q{espresso.id}" value="1"' in mayas.get("/basket").text


def test_another_price_since_the_page_was_opened_is_told_with_both(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    price = db.session.scalars(select(Price).where(Price.product_id == loaf.id)).one()
    price.unit_price = Decimal("3.50")
    db.session.commit()
    answer = sent(mayas, page, po_number="CK-7")
    assert answer.status_code == 422
    assert f'id="q{loaf.id}-error">Sourdough costs £3.50 now, not £3.25.' in words(answer)
    assert 'value="CK-7"' in answer.text
    assert orders() == []
    assert sent(mayas, answer).status_code == 303
    assert orders()[0].subtotal_net == Decimal("7.00")


def test_a_basket_that_another_tab_has_changed_is_looked_at_again(mayas, van, espresso, loaf):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    fill(mayas, {espresso: 1})
    answer = sent(mayas, page)
    assert answer.status_code == 422
    assert "Your basket has changed since you opened this page." in words(answer)
    assert orders() == []


def test_what_another_delivery_costs_is_agreed_to_first(mayas, van, loaf):
    other = factories.delivery_method("Courier", weekdays=EVERY_DAY, price_net=Decimal("9.00"), position=200)
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    answer = sent(mayas, page, delivery_method=other.id)
    assert answer.status_code == 422
    assert "It comes to £18.60 now, not £15.60." in words(answer)
    assert sent(mayas, answer).status_code == 303
    assert orders()[0].delivery_method == "Courier"


def test_choosing_another_way_counts_anew_and_keeps_what_was_typed(mayas, van, loaf):
    other = factories.delivery_method("Courier", weekdays=EVERY_DAY, lead_days=3, position=200)
    fill(mayas, {loaf: 2})
    fields = fields_of(mayas.get("/checkout"))
    answer = mayas.submit("/checkout", **(fields | {"delivery_method": other.id, "notes": "Ring twice"}))
    assert answer.status_code == 200
    assert "Ring twice" in answer.text
    assert "Place order, £7.80" in words(answer)
    assert fields_of(answer)["deliver_on"] >= str(today() + timedelta(days=3))
    assert orders() == []


def test_a_button_beside_a_quantity_counts_anew(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    fields = fields_of(mayas.get("/checkout"))
    answer = mayas.submit("/checkout", **(fields | {"plus": f"{loaf.id}:1", "po_number": "CK-8"}))
    assert f'name="q{loaf.id}" value="3"' in answer.text
    assert 'value="CK-8"' in answer.text
    assert sent(mayas, answer).status_code == 303
    assert orders()[0].subtotal_net == Decimal("9.75")


def test_a_quantity_that_was_typed_is_counted_before_anything_is_ordered(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    answer = sent(mayas, **{f"q{loaf.id}": "5"})
    assert answer.status_code == 200
    assert "You changed a quantity." in words(answer)
    assert orders() == []
    assert sent(mayas, answer).status_code == 303


@pytest.mark.parametrize("typed", ["1.5", "-1", "٣", "six"])
def test_what_is_no_number_is_told_beside_its_box(mayas, van, loaf, typed):
    fill(mayas, {loaf: 2})
    answer = sent(mayas, **{f"q{loaf.id}": typed})
    assert answer.status_code == 422
    assert "Sourdough: Type a whole number" in words(answer)
    assert orders() == []


def test_sold_out_at_the_last_moment_leaves_nothing_half_done(mayas, van, espresso, loaf):
    fill(mayas, {espresso: 6, loaf: 4})
    page = mayas.get("/checkout")
    stock.adjust(loaf.id, -18, reason="Mice", by=SYSTEM)
    answer = sent(mayas, page, notes="Side door")
    assert answer.status_code == 409
    shown = words(answer)
    assert f'id="q{loaf.id}-error">Only 2 of Sourdough can be had, and you asked for 4.' in shown
    assert f'id="q{espresso.id}-error"' not in shown
    assert "Side door" in shown
    assert orders() == []
    assert shelf(espresso).reserved == 0
    assert db.session.scalar(select(func.count()).where(OutboxMessage.topic.startswith("orders."))) == 0


def test_what_is_not_sold_any_more_is_said_and_nothing_is_ordered(mayas, van, espresso, loaf):
    fill(mayas, {espresso: 6, loaf: 4})
    page = mayas.get("/checkout")
    db.session.get_one(Product, loaf.id).status = ProductStatus.DISCONTINUED
    db.session.commit()
    answer = sent(mayas, page)
    assert answer.status_code == 422
    assert "We no longer sell it." in words(answer)
    assert orders() == []


def test_a_reference_is_asked_for_where_the_company_wants_one(mayas, cafe, van, loaf):
    agree(cafe, po_required=True)
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    assert "Your reference</label>" in page.text
    answer = sent(mayas, page)
    assert answer.status_code == 422
    assert 'href="#po_number">Type an order reference' in words(answer)


def test_a_reference_is_used_once(mayas, cafe, van, loaf):
    agree(cafe, po_required=True)
    number = ordered(mayas, {loaf: 2}, po_number="CK-1")
    fill(mayas, {loaf: 1})
    answer = sent(mayas, po_number="ck-1")
    assert answer.status_code == 422
    assert f"Order {number} has this reference already. Type another." in words(answer)
    assert len(orders()) == 1


@pytest.mark.parametrize(("name", "length"), [("po_number", 41), ("notes", 501)])
def test_too_long_a_text_is_kept_and_refused_beside_its_field(mayas, van, loaf, name, length):
    fill(mayas, {loaf: 2})
    answer = sent(mayas, **{name: "x" * length})
    assert answer.status_code == 422
    assert f'href="#{name}">Use {length - 1} characters or fewer.' in words(answer)
    assert "x" * length in answer.text


def test_less_than_the_least_is_said_beforehand_and_refused(mayas, cafe, van, loaf):
    agree(cafe, min_order_net=Decimal("50"))
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    assert "begin at £50.00 before VAT. Add £43.50 more." in words(page)
    assert sent(mayas, page).status_code == 422
    assert orders() == []


def test_a_customer_on_stop_can_look_and_not_order(mayas, cafe, van, loaf):
    fill(mayas, {loaf: 2})
    agree(cafe, status=CustomerStatus.ON_STOP)
    page = mayas.get("/checkout")
    assert "so nothing can be ordered" in words(page)
    assert sent(mayas, page).status_code == 422
    assert orders() == []


@pytest.mark.parametrize("path", ["/", "/catalogue", "/products/SOURDOUGH", "/basket", "/quick-order"])
def test_a_customer_on_stop_is_told_so_long_before_the_checkout(mayas, cafe, van, loaf, path):
    fill(mayas, {loaf: 2})
    assert "on stop" not in words(mayas.get(path))
    agree(cafe, status=CustomerStatus.ON_STOP)
    told = "Copper Kettle Café is on stop, so nothing can be ordered. Ring the order desk."
    assert words(mayas.get(path)).count(told) == 1


@pytest.mark.usefixtures("van")
@pytest.mark.parametrize(
    ("facts", "instead"),
    [
        ({"status": CustomerStatus.ON_STOP}, "Ring the order desk"),
        ({"min_order_net": Decimal("50")}, "Add more"),
    ],
)
def test_while_something_is_in_the_way_the_button_gives_way_to_what_to_do(mayas, cafe, loaf, facts, instead):
    fill(mayas, {loaf: 2})
    assert "Place order" in words(mayas.get("/checkout"))
    agree(cafe, **facts)
    slip = slip_of(mayas.get("/checkout"))
    assert "Place order" not in slip
    assert instead in slip


def test_nothing_is_placed_while_a_line_cannot_be_had(mayas, van, espresso, loaf):
    fill(mayas, {espresso: 6, loaf: 21})
    slip = slip_of(mayas.get("/checkout"))
    assert "Place order" not in slip
    assert "1 line asks for more than there is." in slip
    assert "Put the lines right first" in slip
    fill(mayas, {loaf: 20})
    page = mayas.get("/checkout")
    assert "Place order" in slip_of(page)
    db.session.get_one(Product, loaf.id).status = ProductStatus.DISCONTINUED
    db.session.commit()
    assert "Place order" not in slip_of(mayas.get("/checkout"))


def slip_of(page) -> str:
    return words(page)[words(page).index('<aside class="sticky" id="slip"') :]


def test_the_slip_tells_the_chosen_day_and_by_when_to_order_for_it(mayas, van, loaf):
    van.lead_days = 1
    db.session.add(van)
    db.session.commit()
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    first, later = days_on(page)[0], days_on(page)[3]
    assert f"<dt>Arrives</dt><dd>{near_day(first)}</dd>" in slip_of(page)
    answer = mayas.submit("/checkout", **(fields_of(page) | {"deliver_on": later.isoformat()}))
    closes = f"{near_day(later - timedelta(days=1))} {van.cutoff_time:%H:%M}"
    assert f"<dt>Arrives</dt><dd>{near_day(later)}</dd>" in slip_of(answer)
    assert f"<dt>Order closes</dt><dd>{closes}</dd>" in slip_of(answer)


def days_on(page) -> list[date]:
    return [date.fromisoformat(day) for day in re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page.text)]


def test_a_day_on_which_we_are_closed_is_not_offered_and_not_taken(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    first = fields_of(page)["deliver_on"]
    factories.saved(ClosedDay(day=first))
    answer = sent(mayas, page)
    assert answer.status_code == 422
    assert 'href="#deliver_on">We cannot deliver on that day.' in words(answer)
    assert fields_of(answer)["deliver_on"] > first
    assert orders() == []


def test_the_cut_off_passes_while_the_page_is_open(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    with clock.moved(timedelta(days=2)):
        answer = sent(mayas, page)
        assert "We cannot deliver on that day." in words(answer)
        assert sent(mayas, answer).status_code == 303


def test_without_an_address_it_says_where_to_add_one(mayas, loaf):
    fill(mayas, {loaf: 2})
    page = mayas.get("/checkout")
    assert "/company/addresses/new" in page.text
    answer = sent(mayas, page)
    assert answer.status_code == 422
    assert "Add an address to deliver to first." in words(answer)


@pytest.mark.parametrize("name", ["address_id", "delivery_method"])
def test_nobody_chooses_what_is_not_offered(mayas, van, loaf, name):
    fill(mayas, {loaf: 2})
    assert sent(mayas, **{name: "987654321"}).status_code == 422
    assert sent(mayas, **{name: "nonsense"}).status_code == 422
    assert orders() == []


def test_over_the_limit_is_said_beforehand_and_held(mayas, cafe, van, loaf):
    agree(cafe, credit_limit=10)
    fill(mayas, {loaf: 4})
    page = mayas.get("/checkout")
    assert "This order goes over that" in words(page)
    number = int(sent(mayas, page).location.rpartition("/")[2])
    shown = words(mayas.get(f"/orders/{number}"))
    assert f"Order {number} is placed, and on hold for now." in shown
    assert "It goes over your credit limit" in shown
    assert orders()[0].hold_reason == "credit"


def test_what_just_fits_under_the_limit_does_not_wait(mayas, cafe, van, loaf):
    fill(mayas, {loaf: 4})
    agree(cafe, credit_limit=total_on(mayas.get("/checkout")))
    page = mayas.get("/checkout")
    assert "This order goes over that" not in words(page)
    sent(mayas, page)
    assert orders()[0].hold_reason is None
    fill(mayas, {loaf: 1})
    page = mayas.get("/checkout")
    assert "<strong>£0.00</strong> of £" in words(page)
    assert "This order goes over that" in words(page)


def total_on(page) -> Decimal:
    return Decimal(re.search(r"Place order, £([0-9.]+)", words(page))[1])


def test_whoever_pays_in_advance_has_one_way_to_pay(mayas, cafe, van, loaf):
    agree(cafe, payment_terms="prepay")
    fill(mayas, {loaf: 4})
    page = mayas.get("/checkout")
    assert "On account" not in words(page)
    assert sent(mayas, page, payment_method="account").status_code == 422
    number = int(sent(mayas, page).location.rpartition("/")[2])
    assert f"Quote {number}, so that we find it." in words(mayas.get(f"/orders/{number}"))


@pytest.mark.parametrize("typed", ["card", "gold"])
def test_what_is_no_way_to_pay_here_is_refused(mayas, van, loaf, typed):
    fill(mayas, {loaf: 2})
    assert sent(mayas, payment_method=typed).status_code == 422
    assert orders() == []


@pytest.mark.parametrize(
    "typed", [{"seen": "nonsense"}, {"seen": f"1:1:1={'9' * 5000}"}, {"seen": ""}, {"once": ""}]
)
def test_a_page_that_is_not_ours_orders_nothing(mayas, van, loaf, typed):
    fill(mayas, {loaf: 2})
    answer = sent(mayas, **typed)
    assert answer.status_code == 422
    assert "Look at the order again, then place it." in words(answer)
    assert orders() == []


def test_the_basket_leads_here_and_takes_along_what_was_typed(mayas, van, loaf):
    fill(mayas, {loaf: 2})
    answer = mayas.submit("/basket", **{f"q{loaf.id}": "3", "was": f"{loaf.id}:2", "then": "checkout"})
    assert answer.location == "/checkout"
    assert f'name="q{loaf.id}" value="3"' in mayas.get("/checkout").text


def test_without_a_way_of_delivery_the_desk_tells_the_day(mayas, cafe, loaf):
    number = ordered(mayas, {loaf: 2})
    assert orders()[0].promised_on is None
    assert mayas.get(f"/orders/{number}").status_code == 200


def test_a_hundred_lines_cost_as_much_as_one(mayas, van, context):
    many = [filled(goods(f"Thing {number:03}", "2.50"), 9) for number in range(100)]
    fill(mayas, dict.fromkeys(many, 1))
    with noted() as asked:
        assert mayas.get("/checkout").status_code == 200
    assert len(asked) <= 7, asked


def test_two_orders_of_one_moment_share_no_stock(mayas, van, loaf):
    fill(mayas, {loaf: 20})
    page = mayas.get("/checkout")
    in_one_transaction(lambda: stock.reserve([type("Line", (), {"product_id": loaf.id, "quantity": 1})()]))
    assert sent(mayas, page).status_code == 409
    assert orders() == []
