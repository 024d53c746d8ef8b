"""Changing an order that is not confirmed yet: looked at first, saved as it was seen."""

import re
from datetime import date, time
from html import unescape

import pytest

from app.accounts.models import User
from app.catalogue.models import Product, ProductStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.text import long_day
from app.customers.models import Address
from app.orders.amended import Changes
from app.orders.service import amending, moving
from app.stock import service as stock
from tests import factories
from tests.orders.ordering import able_to_order, as_it_is, placed
from tests.shop.conftest import stocked
from tests.shop.test_catalogue import box, words
from tests.stock.shelving import shelf


@pytest.fixture
def cafe(copper_kettle, context):
    factories.delivery_method("Our van", weekdays=[1, 2, 3, 4, 5, 6, 7], cutoff_time=time(23, 59))
    return able_to_order(copper_kettle)


@pytest.fixture
def buns(context) -> Product:
    """In sixes."""
    found = factories.product("Burger buns", pack_size=6)
    factories.price(found, "0.60")
    return stocked(found, 60)


@pytest.fixture
def order(cafe, espresso, rye):
    return placed({espresso: 4, rye: 2}, cafe, notes="Ring the bell")


@pytest.fixture
def address(order) -> str:
    return f"/orders/{order.number}/change"


def fields_of(page) -> dict[str, str]:
    """What a browser without script sends when nothing was typed."""
    html = page.get_data(as_text=True)
    html = html[html.index('<form class="split"') :]
    inputs = re.findall(r"<input[^>]*>", html)
    found = {}
    for tag in inputs:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrf_token":
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]
    found["notes"] = unescape(re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", html, re.S)[1])
    return found


def looked_at(browser, address: str, **typed):
    return browser.submit(address, **(fields_of(browser.get(address)) | {"do": "look"} | typed))


def saved(browser, address: str, page, **typed):
    return browser.submit(address, **(fields_of(page) | {"do": "save"} | typed))


def q(product: Product) -> str:
    return f"q{product.id}"


def test_what_changes_is_shown_before_it_is_saved(mayas, order, address, espresso, rye):
    page = looked_at(mayas, address, **{q(rye): "0"})
    assert page.status_code == 200
    assert "Taken out." in words(page)
    assert "Save changes, £88.32" in words(page)
    assert as_it_is(order).line_count == 2
    answer = saved(mayas, address, page)
    assert (answer.status_code, answer.location) == (303, f"/orders/{order.number}")
    now = as_it_is(order)
    assert (now.line_count, str(now.total)) == (1, "88.32")
    assert shelf(rye).reserved == 0
    assert shelf(espresso).reserved == 4


def test_both_prices_are_shown_where_a_quantity_break_is_crossed(mayas, order, address, espresso):
    page = looked_at(mayas, address, **{q(espresso): "6"})
    assert "£17.50 each now, £18.40 before." in words(page)
    saved(mayas, address, page)
    assert {item.sku: str(item.unit_price) for item in as_it_is(order).items}["HOUSE-ESPRESSO"] == "17.5000"


def test_a_product_is_added_by_its_sku(mayas, order, address, buns):
    page = looked_at(mayas, address, add="burger-buns 12")
    assert box(buns, page.text) == "12"
    assert "New, £0.60 each." in words(page)
    saved(mayas, address, page)
    assert as_it_is(order).line_count == 3
    assert shelf(buns).reserved == 12


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("NO-SUCH 2", "No product on sale has this SKU."),
        ("BURGER-BUNS 1.5", "“1.5” is not a quantity."),
        ("STOLLEN 1", "No product on sale has this SKU."),
        ("MYSTERY-TRUFFLE 1", "It has no price for you in this quantity."),
    ],
)
def test_a_product_that_cannot_be_added_is_told_and_nothing_typed_is_lost(mayas, address, buns, typed, said):
    factories.product("Stollen", status=ProductStatus.DISCONTINUED)
    factories.product("Mystery truffle")
    page = looked_at(mayas, address, add=typed, notes="Side door", **{q(buns): "6"})
    assert page.status_code == 422
    assert said in words(page)
    assert "Side door" in page.text
    assert box(buns, page.text) == "6"


def test_packs_and_short_stock_are_told_beside_the_line_and_not_saved(mayas, order, address, rye, buns):
    page = looked_at(mayas, address, add="BURGER-BUNS 7", **{q(rye): "9"})
    assert "Order 12: it comes in packs of 6." in words(page)
    assert "Only 1 more can be had." in words(page)
    assert saved(mayas, address, page).status_code == 422
    assert as_it_is(order).line_count == 2


def test_more_of_what_is_sold_no_more_is_told_and_what_was_typed_is_kept(mayas, address, espresso, rye):
    db.session.get_one(Product, rye.id).status = ProductStatus.DISCONTINUED
    db.session.commit()
    page = looked_at(mayas, address, **{q(rye): "3", q(espresso): "5"})
    assert page.status_code == 422
    assert "Dark rye: We no longer sell it." in words(page)
    assert (box(rye, page.text), box(espresso, page.text)) == ("3", "5")


@pytest.mark.parametrize("typed", ["1.5", "-1", "٣", "1e9"])
def test_what_is_no_number_is_told_and_kept(mayas, order, address, rye, typed):
    page = looked_at(mayas, address, **{q(rye): typed})
    assert page.status_code == 422
    assert box(rye, page.text) == typed
    assert saved(mayas, address, page, **{q(rye): typed}).status_code == 422
    assert {item.wanted for item in as_it_is(order).items} == {4, 2}


def test_what_is_wrong_is_named_by_its_product_and_said_once_in_the_title(mayas, address, rye):
    page = looked_at(mayas, address, **{q(rye): "1.5"})
    assert "<li>Dark rye: Type a whole number, like 6." in words(page)
    assert page.text.count("Error: fix") == 1
    assert "<title>Error: fix 1 thing – Change order" in page.text


def test_too_many_digits_are_too_many_and_no_lack_of_a_number(mayas, address, rye):
    page = looked_at(mayas, address, **{q(rye): "1000000000"})
    assert page.status_code == 422
    assert "Dark rye: 1000000000 is too many. Type 999,999 or fewer." in words(page)
    assert "Type a whole number" not in words(page)


@pytest.mark.parametrize("typed", [{"q": "9"}, {"add": "DARK-RYE 9"}, {"add": "BURGER-BUNS 7"}])
def test_nothing_is_saved_while_a_line_cannot_be_had(mayas, address, rye, buns, typed):
    typed = {q(rye) if name == "q" else name: text for name, text in typed.items()}
    assert "Save changes" in looked_at(mayas, address, notes="Side door").text
    page = looked_at(mayas, address, **typed)
    assert "Save changes" not in page.text
    assert "Show what changes" in page.text


def test_what_was_sold_meanwhile_is_no_quarrel_of_two_editors(mayas, address, rye):
    page = looked_at(mayas, address, notes="Side door", **{q(rye): "3"})
    stock.adjust(rye.id, -1, reason="Mice", by=SYSTEM)
    answer = saved(mayas, address, page)
    assert answer.status_code == 409
    assert "Only 2 of Dark rye can be had" in words(answer)
    assert "replaces what is saved" not in answer.text
    assert "It is now" not in answer.text
    assert "Save changes" not in answer.text
    assert "Side door" in answer.text


def test_the_buttons_beside_a_box_go_by_whole_packs(mayas, cafe, buns, espresso):
    order = placed({espresso: 1, buns: 12}, cafe)
    address = f"/orders/{order.number}/change"
    page = mayas.get(address)
    assert 'step="6"' in re.search(rf'<input[^>]*name="{q(buns)}"[^>]*>', page.text)[0]
    more, fewer = pressing(page, "More Burger buns"), pressing(page, "Fewer Burger buns")
    page = looked_at(mayas, address, do="", **more)
    assert box(buns, page.text) == "18"
    assert "in packs of 6" not in words(page)
    assert box(buns, looked_at(mayas, address, do="", **fewer).text) == "6"


def pressing(page, button: str) -> dict[str, str]:
    """What a button sends that stands beside a box."""
    return dict(re.findall(rf'<button name="(\w+)" value="([^"]*)" aria-label="{button}"', page.text))


def test_nothing_left_is_a_cancellation(mayas, address, espresso, rye):
    page = looked_at(mayas, address, **{q(espresso): "0", q(rye): "0"})
    assert "Cancel the order instead." in words(saved(mayas, address, page))


def test_address_day_reference_and_note_are_changed(mayas, order, address, cafe):
    door = Address(customer_id=cafe.id, label="Bakery", line1="2 Mill Lane", city="Leeds", postcode="LS1 1AA")
    factories.saved(door)
    later = re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', mayas.get(address).text)[-1]
    assert f">{long_day(date.fromisoformat(later))}</option>" in mayas.get(address).text
    page = looked_at(
        mayas, address, address_id=str(door.id), deliver_on=later, po_number="PO 7", notes="Side door"
    )
    saved(mayas, address, page)
    now = as_it_is(order)
    assert (now.deliver_to["label"], now.promised_on.isoformat()) == ("Bakery", later)
    assert (now.po_number, now.notes, str(now.total)) == ("PO 7", "Side door", str(order.total))


def test_a_day_that_is_not_offered_is_refused_beside_it(mayas, address):
    page = looked_at(mayas, address, deliver_on="2020-01-01")
    assert page.status_code == 422
    assert "Choose one of those in the list." in words(page)


def test_whoever_has_not_looked_at_it_does_not_save_it(mayas, order, address, rye):
    shown = mayas.get(address)
    answer = saved(mayas, address, shown, **{q(rye): "1"})
    assert answer.status_code == 422
    assert "Look at it again." in words(answer)
    assert saved(mayas, address, answer).status_code == 303
    assert str(as_it_is(order).subtotal_net) == "76.85"


def test_two_at_once_see_both_versions_and_lose_nothing(mayas, order, address, espresso, rye):
    page = looked_at(mayas, address, notes="Side door", **{q(rye): "1"})
    amending.amend(
        order.number,
        Changes(items={espresso.id: 2, rye.id: 2}, notes="Back door"),
        by=SYSTEM,
        at=clock.now(),
        version=order.version,
    )
    answer = saved(mayas, address, page)
    assert answer.status_code == 409
    assert "Somebody changed this while you had it open." in words(answer)
    assert "It is now “Back door”." in words(answer)
    assert "saving it now replaces what is saved" in words(answer)
    assert "Save changes" in answer.text
    assert "Side door" in answer.text
    assert (box(espresso, answer.text), box(rye, answer.text)) == ("4", "1")
    assert 'data-label="Ordered">2</td>' in words(answer)
    assert saved(mayas, address, answer).status_code == 303
    assert as_it_is(order).notes == "Side door"


def test_once_it_is_confirmed_it_cannot_be_opened_and_what_was_typed_is_kept(mayas, order, address, rye):
    page = looked_at(mayas, address, **{q(rye): "1"})
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    answer = saved(mayas, address, page)
    assert answer.status_code == 409
    assert box(rye, answer.text) == "1"
    assert mayas.get(address).status_code == 409


def test_a_double_click_changes_it_once_and_tells_by_one_mail(mayas, order, address, rye):
    page = looked_at(mayas, address, **{q(rye): "1"})
    saved(mayas, address, page)
    version = as_it_is(order).version
    assert saved(mayas, address, page).status_code == 303
    mails = db.session.query(OutboxMessage).filter_by(topic="orders.mail_changed").count()
    assert (as_it_is(order).version, mails) == (version, 1)


def test_what_is_as_it_was_changes_nothing(mayas, order, address):
    version = order.version
    assert saved(mayas, address, looked_at(mayas, address)).status_code == 303
    assert as_it_is(order).version == version


def test_what_was_taken_out_can_come_back(mayas, order, address, espresso, rye):
    saved(mayas, address, looked_at(mayas, address, **{q(rye): "0"}))
    page = looked_at(mayas, address, **{q(espresso): "5"})
    assert saved(mayas, address, page).status_code == 303
    page = looked_at(mayas, address, add="DARK-RYE 1")
    assert saved(mayas, address, page).status_code == 303
    assert {item.sku: item.wanted for item in as_it_is(order).items} == {"HOUSE-ESPRESSO": 5, "DARK-RYE": 1}


def test_an_order_of_another_company_does_not_exist(mayas, northgate, espresso):
    theirs = placed({espresso: 1}, able_to_order(northgate))
    assert mayas.get(f"/orders/{theirs.number}/change").status_code == 404


def test_the_desk_changes_a_confirmed_one_on_the_same_page(as_user, tom: User, order, rye):
    moving.confirm(order.number, by=SYSTEM, at=clock.now())
    toms, address = as_user(tom), f"/desk/orders/{order.number}/change"
    page = looked_at(toms, address, **{q(rye): "1"})
    assert saved(toms, address, page).location == f"/desk/orders/{order.number}"
    assert shelf(rye).reserved == 1
