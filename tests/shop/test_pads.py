"""Order pads: baskets kept under a name, which nobody else sees."""

import re

import pytest
from flask import g

from app.catalogue.models import Product, ProductStatus
from app.core.database import db
from app.orders.service import pads
from tests import factories
from tests.orders.ordering import able_to_order, buying, placed
from tests.shop.test_catalogue import box, words


@pytest.fixture
def weekly(mayas, maya, espresso, rye):
    """Maya's pad: six bags and two loaves."""
    pad, _ = pads.keep("Every Friday", {espresso.id: 6, rye.id: 2}, by=buying(maya))
    return f"/pads/{pad.id}"


def kept(browser, name: str, address: str = "/pads/new"):
    return browser.submit(address, name=name)


def test_without_any_the_list_says_what_they_are_for(mayas):
    assert "No order pads yet" in words(mayas.get("/pads"))


def test_the_basket_is_kept_under_a_name_and_stays(mayas, espresso):
    mayas.submit("/basket", **{f"q{espresso.id}": "6"})
    answer = kept(mayas, "Every Friday")
    assert answer.status_code == 303
    assert box(espresso, mayas.get(answer.location).text) == "6"
    assert box(espresso, mayas.get("/basket").text) == "6"
    assert "Every Friday" in words(mayas.get("/pads"))


def test_an_empty_basket_cannot_be_kept(mayas):
    answer = kept(mayas, "Every Friday")
    assert answer.status_code == 422
    assert "Put something in your basket first." in words(answer)


def test_an_order_is_kept_as_a_pad(mayas, copper_kettle, espresso, rye):
    order = placed({espresso: 6, rye: 1}, able_to_order(copper_kettle))
    address = f"/pads/new?order={order.number}"
    assert f'href="{address}"' in mayas.get(f"/orders/{order.number}").text
    assert f"2 lines of order {order.number}" in words(mayas.get(address))
    page = mayas.get(kept(mayas, "Friday again", address).location).text
    assert (box(espresso, page), box(rye, page)) == ("6", "1")


def test_an_order_of_another_company_cannot_be_kept(mayas, northgate, espresso):
    order = placed({espresso: 6}, able_to_order(northgate))
    assert mayas.get(f"/pads/new?order={order.number}").status_code == 404


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("every friday", "You have an order pad of this name already."),
        ("", "Type a name, like Every Friday."),
        ("x" * 61, "Use 60 characters or fewer."),
    ],
)
def test_a_name_is_refused_beside_its_field(mayas, weekly, espresso, name, said):
    mayas.submit("/basket", **{f"q{espresso.id}": "6"})
    for address in ("/pads/new", f"{weekly}/rename"):
        if address.endswith("rename") and name == "every friday":
            continue  # it is its own
        answer = kept(mayas, name, address)
        assert answer.status_code == 422
        assert f"Error: </span>{said}" in words(answer)


def test_twenty_are_enough(mayas, maya, espresso):
    for number in range(20):
        pads.keep(f"Pad {number}", {espresso.id: 1}, by=buying(maya))
    mayas.submit("/basket", **{f"q{espresso.id}": "6"})
    assert "You can keep 20 order pads. Delete one first." in words(kept(mayas, "One more"))


def test_a_pad_is_renamed(mayas, weekly):
    kept(mayas, "Every Monday", f"{weekly}/rename")
    assert "<h1>Every Monday</h1>" in mayas.get(weekly).text


def test_quantities_are_changed_and_lines_taken_off(mayas, weekly, espresso, rye):
    was = re.search(r'name="was" value="([^"]*)"', mayas.get(weekly).text)[1]
    mayas.submit(weekly, was=was, **{f"q{espresso.id}": "8", f"q{rye.id}": "0"})
    page = mayas.get(weekly).text
    assert (box(espresso, page), box(rye, page)) == ("8", "no box")


def test_what_is_no_number_is_told_beside_its_box(mayas, weekly, espresso):
    answer = mayas.submit(weekly, **{f"q{espresso.id}": "1.5"})
    assert answer.status_code == 422
    assert box(espresso, answer.text) == "1.5"


def test_a_hundred_lines_are_enough(mayas, maya, weekly):
    pad_id = int(weekly.rpartition("/")[2])
    products = [factories.product(f"Thing {number}") for number in range(99)]
    answer = mayas.submit(weekly, **{f"q{one.id}": "1" for one in products})
    assert answer.status_code == 422
    assert "A pad holds 100 lines at most." in words(answer)
    assert (
        db.session.execute(
            db.text("SELECT count(*) FROM basket_item WHERE basket_id = :id"), {"id": pad_id}
        ).scalar_one()
        == 2
    )


def test_all_of_it_goes_in_the_basket_where_the_larger_quantity_stays(mayas, weekly, espresso, rye):
    mayas.submit("/basket", **{f"q{espresso.id}": "10", f"q{rye.id}": "1"})
    answer = mayas.submit(weekly, then="basket")
    assert answer.location == "/basket"
    page = mayas.get("/basket").text
    assert (box(espresso, page), box(rye, page)) == ("10", "2")


def test_it_is_put_in_from_the_list_too_and_twice_is_once(mayas, weekly, espresso):
    for _ in range(2):
        assert mayas.submit(f"{weekly}/basket").location == "/basket"
    assert box(espresso, mayas.get("/basket").text) == "6"


def test_what_is_not_sold_any_more_is_told_and_not_put_in(mayas, weekly, espresso, rye):
    db.session.get_one(Product, rye.id).status = ProductStatus.DISCONTINUED
    db.session.commit()
    assert "We no longer sell it." in words(mayas.get(weekly))
    mayas.submit(f"{weekly}/basket")
    page = mayas.get("/basket")
    assert "Dark rye: we no longer sell it, so it was left out." in words(page)
    assert box(espresso, page.text) == "6"


def test_a_pad_is_deleted_after_a_question(mayas, weekly):
    assert "Delete Every Friday?" in words(mayas.get(f"{weekly}/delete"))
    assert mayas.submit(f"{weekly}/delete").location == "/pads"
    assert mayas.get(weekly).status_code == 404


@pytest.mark.parametrize("more", ["", "/rename", "/delete"])
def test_nobody_else_sees_it(as_user, weekly, ben, copper_kettle, more):
    colleague = factories.user("Iris Vale", role="buyer", of=copper_kettle)
    for stranger in (ben, colleague):
        g.pop("_login_user", None)
        assert as_user(stranger).get(f"{weekly}{more}").status_code == 404
