"""Addresses: one usual door for deliveries and one for invoices, and nobody else's."""

import pytest

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound, Stale
from app.customers.models import Address
from app.customers.queries import addresses as queries
from app.customers.service import addresses
from tests import factories
from tests.accounts.acting import acting, actions
from tests.customers.typing_in import DOOR, TYPED_DOOR, somebody_else, version_in, words

COMPANY, DESK = "/company", "/desk/customers/COPPER-KETTLE-CAF"


def usual(customer) -> dict[str, str]:
    db.session.expire_all()
    doors = db.session.query(Address).filter_by(customer_id=customer.id, deleted_at=None).all()
    assert sum(door.is_default_shipping for door in doors) <= 1
    assert sum(door.is_default_billing for door in doors) <= 1
    return {
        "deliveries": next((door.label for door in doors if door.is_default_shipping), ""),
        "invoices": next((door.label for door in doors if door.is_default_billing), ""),
    }


def added(by, customer, **door):
    return addresses.add(customer.id, **(DOOR | door), by=acting(by))


def test_the_first_door_is_usual_for_everything(context, nora, copper_kettle):
    added(nora, copper_kettle)
    added(nora, copper_kettle, label="Bakery")
    assert usual(copper_kettle) == {"deliveries": "Shop", "invoices": "Shop"}


def test_naming_another_usual_door_moves_it(context, nora, copper_kettle):
    first = added(nora, copper_kettle)
    seen = first.version
    added(nora, copper_kettle, label="Bakery", is_default_shipping=True)
    assert usual(copper_kettle) == {"deliveries": "Bakery", "invoices": "Shop"}
    with pytest.raises(Stale):  # a form of the first one that is still open somewhere
        addresses.edit(copper_kettle.id, first.id, **DOOR, version=seen, by=acting(nora))


def test_a_removed_door_is_no_usual_one_any_more(context, nora, copper_kettle, shop):
    addresses.remove(copper_kettle.id, shop.id, version=shop.version, by=acting(nora), at=clock.now())
    assert usual(copper_kettle) == {"deliveries": "", "invoices": ""}
    added(nora, copper_kettle, label="Next shop")
    assert usual(copper_kettle) == {"deliveries": "Next shop", "invoices": "Next shop"}
    assert actions() == ["address.added", "address.removed", "address.added"]


def test_the_desk_adds_changes_and_removes_on_pages(desk, copper_kettle):
    assert desk.submit(f"{DESK}/addresses/new", **TYPED_DOOR).status_code == 303
    [door] = db.session.query(Address).all()
    page = f"{DESK}/addresses/{door.id}"
    typed = TYPED_DOOR | {
        "postcode": "ls1 7bu",
        "is_default_shipping": "y",
        "version": version_in(desk.get(page)),
    }
    assert desk.submit(page, **typed).status_code == 303
    assert "LS1 7BU" in words(desk.get(DESK))
    assert "Usual for deliveries" in words(desk.get(DESK))
    assert desk.submit(f"{page}/remove", version=version_in(desk.get(f"{page}/remove"))).status_code == 303
    assert "No address yet" in words(desk.get(DESK))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"country": "XX"}, "two letters of a country"),
        ({"line1": ""}, "Type the street"),
        ({"postcode": "1234567890123"}, "Use 12 characters or fewer"),
    ],
)
def test_what_is_missing_is_said(desk, copper_kettle, typed, sentence):
    answer = desk.submit(f"{DESK}/addresses/new", **(TYPED_DOOR | typed))
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_a_company_keeps_its_own_doors(as_user, context, maya, copper_kettle):
    browser = as_user(maya)
    assert browser.submit(f"{COMPANY}/addresses/new", **TYPED_DOOR).status_code == 303
    page = words(browser.get(COMPANY))
    assert "12 Call Lane Leeds LS1 7BT" in page
    [door] = db.session.query(Address).all()
    assert browser.get(f"{COMPANY}/addresses/{door.id}").status_code == 200


def test_another_companys_door_does_not_exist(as_user, ben, shop, northgate):
    rival = as_user(factories.user("Rita Moss", role="customer_admin", of=northgate))
    somebody_else()
    for path in (f"{COMPANY}/addresses/{shop.id}", f"{COMPANY}/addresses/{shop.id}/remove"):
        assert rival.get(path).status_code == 404
        assert rival.submit(path, **TYPED_DOOR, version="1").status_code == 404
    assert queries.addresses_of(acting(ben), shop.customer_id) == []
    with pytest.raises(NotFound):
        addresses.add(shop.customer_id, **DOOR, by=acting(ben))


def test_a_plain_buyer_reads_and_changes_nothing(as_user, context, northgate, ben):
    added(ben, northgate)
    browser = as_user(ben)
    page = browser.get(COMPANY)
    assert "12 Call Lane" in words(page)
    assert "addresses/new" not in page.text
    assert browser.get(f"{COMPANY}/addresses/new").status_code == 403
