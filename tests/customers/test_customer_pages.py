"""One customer: what we agreed, changed by one person at a time, and every change in the log."""

import re

import pytest

from app.accounts.models import Customer
from app.core.database import db
from app.core.errors import Refused
from app.customers.service import customers
from tests import factories
from tests.accounts.acting import acting, actions
from tests.customers.typing_in import TYPED, now, version_in, words

PAGE = "/desk/customers/COPPER-KETTLE-CAF"


def changed(desk, **typed):
    version = version_in(desk.get(f"{PAGE}/edit"))
    return desk.submit(f"{PAGE}/edit", **(TYPED | {"version": version} | typed))


def test_the_page_shows_terms_people_and_history(desk, copper_kettle, maya):
    changed(desk, note="Rings before noon", min_order_net="80")
    page = words(desk.get(PAGE))
    for said in (
        "30 days",
        "£5,000.00",
        "£80.00 before VAT",
        "Maya Osei",
        "Rings before noon",
        "Base prices",
    ):
        assert said in page
    assert "Customer changed by Nora Finch" in page


def test_the_page_leads_to_the_lists_that_decide_in_their_order(desk, copper_kettle, cafes):
    agreed = factories.price_list("Agreed", customer_id=copper_kettle.id, is_active=False)
    changed(desk, price_list_id=str(cafes.id))
    page = desk.get(PAGE)
    assert "Contract Agreed Switched off List Cafés Base Base prices" in words(page)
    for one in (agreed, cafes, factories.base_list()):
        assert f'href="/admin/price-lists/{one.id}"' in page.text
    [why] = re.findall(r'href="(/admin/price-lists/why[^"]+)"', page.text)
    assert 'value="COPPER-KETTLE-CAF"' in desk.get(why).text


def test_only_ours_look_after_customers_and_only_lists_are_given_to_them(context, copper_kettle, nora, maya):
    seen = {"version": copper_kettle.version, "by": acting(nora)}
    with pytest.raises(Refused, match="one of our own people"):
        customers.edit(copper_kettle.code, account_manager_id=maya.id, **seen)
    with pytest.raises(Refused, match="one of the price lists"):
        customers.edit(copper_kettle.code, price_list_id=factories.base_list().id, **seen)


def test_a_change_is_kept_and_stands_in_the_log(desk, copper_kettle, cafes, nora):
    answer = changed(
        desk,
        code="kettle-2",
        price_list_id=str(cafes.id),
        account_manager_id=str(nora.id),
        po_required="y",
        min_order_net="£1,250.00",
        invoice_email="Books@Kettle.Example",
    )
    assert answer.status_code == 303
    assert answer.location == "/desk/customers/KETTLE-2"
    row = now(copper_kettle)
    assert (row.code, row.price_list_id, row.account_manager_id) == ("KETTLE-2", cafes.id, nora.id)
    assert (str(row.min_order_net), row.po_required) == ("1250.00", True)
    assert row.invoice_email == "books@kettle.example"
    assert actions() == ["customer.edited"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"credit_limit": "1,250"}, "“1,250” can be read in two ways"),
        ({"credit_limit": "18,40"}, "can be read in two ways"),
        ({"credit_limit": "-5"}, "not below zero"),
        ({"credit_limit": ""}, "Without credit it is 0"),
        ({"min_order_net": "ten"}, "“ten” is not an amount"),
        ({"code": "KETTLE/2"}, "capital letters, digits and hyphens"),
        ({"code": "NORTHGATE-DELI"}, "Another customer has the code NORTHGATE-DELI"),
        ({"name": " "}, "Type the name of the customer"),
        ({"payment_terms": "never"}, "Choose one of those"),
        ({"account_manager_id": "999999"}, "Choose one of those"),
        ({"account_manager_id": "x"}, "Choose one of those"),
        ({"price_list_id": "999999"}, "Choose one of those"),
    ],
)
def test_what_cannot_be_comes_back_with_its_sentence(desk, copper_kettle, northgate, typed, sentence):
    answer = changed(desk, phone="0113 555", **typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="0113 555"' in answer.text
    assert now(copper_kettle).phone == ""


def test_of_two_who_change_it_the_second_sees_both_versions(desk, copper_kettle):
    seen = version_in(desk.get(f"{PAGE}/edit"))
    changed(desk, phone="0113 111", payment_terms="net14")
    answer = desk.submit(f"{PAGE}/edit", **TYPED, version=seen)
    assert answer.status_code == 409
    assert "It is now “0113 111”" in words(answer)
    assert "It is now “14 days”" in words(answer)
    assert desk.submit(f"{PAGE}/edit", **TYPED, version=version_in(answer)).status_code == 303
    assert now(copper_kettle).payment_terms == "net30"


def test_a_new_customer_may_order_at_once_and_gets_a_code_of_its_name(desk):
    typed = TYPED | {"name": "Ørsted & Sons", "code": ""}
    answer = desk.submit("/desk/customers/new", **typed)
    assert answer.status_code == 303
    row = db.session.query(Customer).one()
    assert (row.code, row.status, str(row.credit_limit)) == ("RSTED-SONS", "active", "5000.00")
    assert actions() == ["customer.created"]


def test_a_code_in_small_letters_is_the_same_code(desk, copper_kettle):
    answer = desk.submit("/desk/customers/new", **(TYPED | {"code": "copper-kettle-caf"}))
    assert answer.status_code == 422
    assert "Another customer has the code" in words(answer)


def test_a_customer_nobody_has_is_not_there(desk):
    assert desk.get("/desk/customers/NOBODY").status_code == 404
