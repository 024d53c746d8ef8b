"""The quick order: what was typed is looked at, and put in the basket when its buyer says so."""

import io
import re

import pytest

from app.catalogue.models import ProductStatus
from app.core import clock
from app.core.access import SYSTEM
from app.core.tokens import new_token
from app.orders.service import moving
from tests import factories
from tests.orders.ordering import able_to_order, placed
from tests.shop.conftest import stocked
from tests.shop.test_catalogue import box, words
from tests.statements import noted

PAGE = "/quick-order"


@pytest.fixture
def buns(context):
    """In sixes."""
    found = factories.product("Burger buns", pack_size=6, barcode="5012345678900", family_code="BUNS")
    factories.price(found, "0.60")
    return stocked(found, 60)


@pytest.fixture
def loaves(context):
    """Two of a family."""
    found = [
        stocked(factories.product(name, family_code="BRD-SDG"), 10) for name in ("BRD SDG 400", "BRD SDG 800")
    ]
    for loaf in found:
        factories.price(loaf, "4.00")
    return found


def checked(browser, lines: str, **more):
    return browser.submit(PAGE, lines=lines, do="check", **more)


def sent_by(page, **more: str) -> dict[str, str]:
    """What a browser without script sends from this page."""
    found = page.get_data(as_text=True)
    boxes = dict(re.findall(r'name="(q\d+|fixed\d+)" value="([^"]*)"', found))
    text = re.search(r'name="checked" value="([^"]*)"', found)[1]
    once = re.search(r'name="once" value="([^"]*)"', found)[1]
    return {"lines": text, "checked": text, "once": once, "do": "add", **boxes, **more}


def added(browser, page, **more: str):
    return browser.submit(PAGE, **sent_by(page, **more))


def in_basket(browser, product) -> str:
    return box(product, browser.get("/basket").text)


def test_lines_are_shown_before_anything_is_in_the_basket(mayas, espresso, rye):
    page = checked(mayas, "HOUSE-ESPRESSO 6\ndark-rye,\t2")
    assert page.status_code == 200
    assert (box(espresso, page.text), box(rye, page.text)) == ("6", "2")
    assert "2 lines ready" in words(page)
    assert "£105.00" in words(page)
    assert in_basket(mayas, espresso) == "no box"
    answer = added(mayas, page)
    assert (answer.status_code, answer.location) == (303, "/basket")
    assert (in_basket(mayas, espresso), in_basket(mayas, rye)) == ("6", "2")


def test_what_was_typed_stays_in_the_box(mayas, espresso):
    assert "HOUSE-ESPRESSO 6\nNO-SUCH 1</textarea>" in checked(mayas, "HOUSE-ESPRESSO 6\nNO-SUCH 1").text


@pytest.mark.parametrize("line", ["HOUSE-ESPRESSO;1,000", "house-espresso x 1000", "HOUSE-ESPRESSO | 1000 ,"])
def test_commas_semicolons_tabs_and_spaces_all_work(mayas, espresso, line):
    assert "Only 80 left, you asked for 1,000." in words(checked(mayas, line))


def test_the_same_product_twice_is_one_line_and_told(mayas, espresso):
    page = checked(mayas, "HOUSE-ESPRESSO 2\n\nhouse-espresso 4")
    assert box(espresso, page.text) == "6"
    assert "Lines 1 and 3 together." in words(page)


def test_a_code_alone_is_one_of_it(mayas, espresso):
    assert box(espresso, checked(mayas, "HOUSE-ESPRESSO").text) == "1"


def test_a_barcode_and_a_family_of_one_are_codes_too(mayas, buns):
    assert box(buns, checked(mayas, "5012345678900 6").text) == "6"
    assert box(buns, checked(mayas, "buns 6").text) == "6"


def test_packs_are_rounded_and_said_before_anything_is_added(mayas, buns):
    page = checked(mayas, "BURGER-BUNS 10")
    assert box(buns, page.text) == "12"
    assert "12, not 10: it comes in packs of 6." in words(page)
    added(mayas, page)
    assert in_basket(mayas, buns) == "12"


def test_too_little_stock_is_told_and_what_there_is_offered(mayas, rye):
    page = checked(mayas, "DARK-RYE 8")
    assert "Only 3 left, you asked for 8." in words(page)
    added(mayas, page)
    assert in_basket(mayas, rye) == "3"


@pytest.mark.parametrize("typed", ["1.5", "٣", "-1", "1e9", "6kg", "0", "9999999999"])
def test_a_bad_quantity_is_told_by_its_line_and_can_be_put_right(mayas, espresso, rye, typed):
    page = checked(mayas, f"DARK-RYE 2\nHOUSE-ESPRESSO {typed}")
    assert page.status_code == 200
    assert "1 line ready, 1 to fix" in words(page)
    assert box(espresso, page.text) == "0"
    added(mayas, page, **{f"q{espresso.id}": "4"})
    assert (in_basket(mayas, espresso), in_basket(mayas, rye)) == ("4", "2")


def test_good_lines_go_alone_and_the_others_stay_in_the_box(mayas, espresso):
    page = checked(mayas, "HOUSE-ESPRESSO 6\nZZZZ-QQQQ 10")
    assert "No product has this SKU." in words(page)
    answer = added(mayas, page)
    assert answer.location == "/quick-order?lines=ZZZZ-QQQQ+10"
    after = mayas.get(answer.location)
    assert "ZZZZ-QQQQ 10</textarea>" in after.text
    assert "1 line is in your basket" in words(after)
    assert in_basket(mayas, espresso) == "6"


def test_a_code_of_several_asks_which_was_meant(mayas, espresso, loaves):
    page = checked(mayas, "BRD-SDG 3\nHOUSE-ESPRESSO 6")
    assert "This is the code of several products." in words(page)
    assert 'name="fix1"' in page.text
    assert added(mayas, page, fix1=str(loaves[1].id)).location == "/basket"
    assert (in_basket(mayas, loaves[1]), in_basket(mayas, espresso)) == ("3", "6")


def test_what_is_chosen_is_shown_once_more_when_it_is_not_to_be_had_like_that(mayas, espresso, loaves):
    page = checked(mayas, "BRD-SDG 30\nHOUSE-ESPRESSO 6")
    again = added(mayas, page, fix1=str(loaves[1].id))
    assert again.status_code == 422
    assert "Only 10 left, you asked for 30." in words(again)
    assert in_basket(mayas, espresso) == "no box"
    added(mayas, again)
    assert (in_basket(mayas, loaves[1]), in_basket(mayas, espresso)) == ("10", "6")


def test_a_misspelt_sku_is_offered_those_like_it(mayas, loaves):
    page = words(checked(mayas, "BRD-SGD-800 2"))
    assert f'<option value="{loaves[1].id}">BRD-SDG-800 BRD SDG 800</option>' in page


def test_a_line_is_left_out_for_good(mayas, espresso, loaves):
    page = checked(mayas, "BRD-SDG 3\nHOUSE-ESPRESSO 6")
    assert added(mayas, page, fix1="0").location == "/basket"


def test_what_is_not_sold_any_more_is_told_and_a_draft_is_nobodys_business(mayas, context):
    factories.product("Stollen", status=ProductStatus.DISCONTINUED)
    factories.product("Secret blend", status=ProductStatus.DRAFT)
    assert "We no longer sell it." in words(checked(mayas, "STOLLEN 1"))
    assert "No product has this SKU." in words(checked(mayas, "SECRET-BLEND 1"))


def test_what_has_no_price_is_told(mayas, context):
    stocked(factories.product("Mystery truffle"), 5)
    assert "It has no price for you in this quantity." in words(checked(mayas, "MYSTERY-TRUFFLE 1"))


def test_more_than_there_is_with_what_is_in_the_basket_is_told(mayas, espresso, rye):
    mayas.submit("/catalogue", **{f"q{espresso.id}": "78"})
    page = words(checked(mayas, "HOUSE-ESPRESSO 2\nDARK-RYE 1"))
    assert "1 of them asks for more than there is" not in page
    page = words(checked(mayas, "HOUSE-ESPRESSO 4\nDARK-RYE 1"))
    assert "2 lines ready" in page
    assert "1 of them asks for more than there is" in page
    assert "Only 80 left, and 78 are in your basket already." in page


def test_it_adds_to_what_is_in_the_basket_and_says_so(mayas, espresso):
    mayas.submit("/catalogue", **{f"q{espresso.id}": "2"})
    page = checked(mayas, "HOUSE-ESPRESSO 4")
    assert "2 in your basket already; these are added to them." in words(page)
    added(mayas, page)
    assert in_basket(mayas, espresso) == "6"


def test_a_double_click_adds_once(mayas, espresso):
    page = checked(mayas, "HOUSE-ESPRESSO 4")
    sent = sent_by(page)
    mayas.submit(PAGE, **sent)
    assert mayas.submit(PAGE, **sent).status_code == 303
    assert in_basket(mayas, espresso) == "4"


def test_lines_typed_after_the_check_are_looked_at_first(mayas, espresso, rye):
    page = checked(mayas, "HOUSE-ESPRESSO 4")
    answer = added(mayas, page, lines="HOUSE-ESPRESSO 4\nDARK-RYE 2")
    assert answer.status_code == 422
    assert "Look at the lines again, then add them." in words(answer)
    assert in_basket(mayas, espresso) == "no box"
    assert box(rye, answer.text) == "2"


def test_the_buttons_beside_a_box_work_without_script(mayas, buns):
    page = checked(mayas, "BURGER-BUNS 6")
    more = mayas.submit(PAGE, **(sent_by(page, plus=f"{buns.id}:6") | {"do": ""}))
    assert box(buns, more.text) == "12"
    assert in_basket(mayas, buns) == "no box"


@pytest.mark.parametrize(
    "content",
    [
        b"sku,quantity\nHOUSE-ESPRESSO,6\nDARK-RYE,2\n",
        b"HOUSE-ESPRESSO,6\nDARK-RYE,2\n",
        b"\xef\xbb\xbfQuantity;SKU\r\n6;HOUSE-ESPRESSO\r\n2;DARK-RYE\r\n",
        "sku\tqty\nHOUSE-ESPRESSO\t6\nDARK-RYE\t2".encode("utf-16"),
    ],
)
def test_a_file_is_read_into_the_box(mayas, espresso, rye, content):
    page = checked(mayas, "", file=(io.BytesIO(content), "order.csv"))
    assert "HOUSE-ESPRESSO 6\nDARK-RYE 2</textarea>" in page.text
    assert (box(espresso, page.text), box(rye, page.text)) == ("6", "2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 a workbook", "This is a workbook. Save it as CSV"),
        (b"\xff\xfe\xff\xff\x00", "We cannot read this file."),
        (b"\n\n", "This file is empty."),
        (b"A,1\n" * 501, "Check 500 lines at a time; these are 502."),
        (b"A" * 200_001, "Send a file of 500 lines or fewer."),
        (b'"A,1', "its quotation marks do not match"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_it(mayas, context, content, said):
    page = checked(mayas, "HOUSE-ESPRESSO 6", file=(io.BytesIO(content), "order.csv"))
    assert page.status_code == 422
    assert said in words(page)
    assert "HOUSE-ESPRESSO 6" in page.text


def test_nothing_typed_is_told(mayas):
    page = checked(mayas, " \n ")
    assert page.status_code == 422
    assert "Type or paste a line" in words(page)


def test_the_box_is_filled_from_the_last_order(mayas, copper_kettle, espresso, rye):
    assert "There is no order yet" in words(mayas.submit(PAGE, lines="", do="last"))
    able_to_order(copper_kettle)
    placed({espresso: 6}, copper_kettle)
    dropped = placed({rye: 1}, copper_kettle)
    moving.cancel(dropped.number, reason="Wrong", by=SYSTEM, at=clock.now())
    page = mayas.submit(PAGE, lines="DARK-RYE 1", do="last")
    assert "DARK-RYE 1\nHOUSE-ESPRESSO 6</textarea>" in page.text
    assert "2 lines ready" in words(page)


def test_a_hundred_lines_ask_as_much_as_one(mayas, context):
    for number in range(60):
        factories.price(stocked(factories.product(f"Thing {number}"), 5), "1.00")
    checked(mayas, "THING-1 1")
    with noted() as one:
        checked(mayas, "THING-1 1\nNO-SUCH-ONE 1")
    with noted() as many:
        checked(mayas, "\n".join(f"THING-{number} 1\nNOT-{number} 1" for number in range(60)))
    assert len(many) == len(one)


def test_what_no_page_of_ours_sends_does_no_harm(mayas, espresso):
    sent = {"lines": "HOUSE-ESPRESSO 1", "checked": "HOUSE-ESPRESSO 1", "do": "add", "once": new_token()}
    for more in ({"fix1": "9" * 30}, {"fix99": str(espresso.id)}, {"fixed1": "987654321"}, {"fix1": "x"}):
        answer = mayas.submit(PAGE, **sent, **more)
        assert answer.status_code in {200, 422}
    assert in_basket(mayas, espresso) == "no box"
