"""Customers through the JSON door: read, made, replaced, deleted, and never somebody else's."""

import pytest

from app.accounts.models import CustomerStatus
from tests.accounts.acting import actions
from tests.accounts.program import NOT_OURS_TO_SEND, code_of, signed_in
from tests.customers.typing_in import now

FIELDS = [
    *("id", "code", "name", "status", "tax_treatment", "price_list", "payment_terms", "credit_limit"),
    *("po_required", "min_order_net", "auto_confirm", "version"),
]


@pytest.fixture
def office(context, nora):
    return signed_in(context, nora)


@pytest.fixture
def mayas(app, maya):
    return signed_in(app, maya)


def sent(**changed):
    return {
        "code": "COPPER-KETTLE-CAF",
        "name": "Copper Kettle Café",
        "status": "active",
        "tax_treatment": "zero",
        "price_list": None,
        "payment_terms": "net60",
        "credit_limit": "5000.00",
        "po_required": True,
        "min_order_net": "80.5",
        "auto_confirm": False,
    } | changed


PATH = "/customers/COPPER-KETTLE-CAF"


def test_a_customer_has_exactly_the_promised_fields(office, copper_kettle):
    answer = office.get(PATH)
    assert list(answer.json["data"]) == FIELDS
    assert answer.json["data"]["credit_limit"] == "0.00"
    assert answer.headers["ETag"] == f'"{copper_kettle.version}"'


def test_the_list_is_filtered_and_counted(office, copper_kettle, northgate):
    data = office.get("/customers?q=kettle&status=active&sort=-code").json["data"]
    assert [row["code"] for row in data["items"]] == ["COPPER-KETTLE-CAF"]
    assert data["total"] == 1
    assert office.get("/customers?status=on_stop").json["data"]["items"] == []


def test_a_program_adds_a_customer(office, cafes):
    answer = office.post("/customers", {"name": "Blue Door", "price_list": "CAFES", "credit_limit": "10"})
    assert answer.status_code == 201
    data = answer.json["data"]
    assert (data["code"], data["status"], data["price_list"]) == ("BLUE-DOOR", "active", "cafes")
    assert data["credit_limit"] == "10.00"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"credit_limit": 10}, "credit_limit"),
        ({"credit_limit": "1,250"}, "credit_limit"),
        ({"credit_limit": "-1"}, "credit_limit"),
        ({"price_list": "nobody"}, "price_list"),
        ({"payment_terms": "never"}, "payment_terms"),
        ({"code": "kettle 2"}, "code"),
        ({"status": "applied"}, "status"),
        ({"note": "x"}, "note"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(office, copper_kettle, changed, field):
    answer = office.put(PATH, sent(**changed), version=copper_kettle.version)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field
    assert now(copper_kettle).payment_terms == "prepay"


def test_a_replacement_changes_what_programs_see_and_nothing_else(office, copper_kettle):
    answer = office.put(PATH, sent(), version=copper_kettle.version)
    assert answer.status_code == 200
    row = now(copper_kettle)
    assert (row.payment_terms, row.tax_treatment, str(row.min_order_net)) == ("net60", "zero", "80.50")
    assert office.put(PATH, sent(), version=copper_kettle.version).status_code == 412
    assert office.put(PATH, sent(), version=None).status_code == 428


def test_a_replacement_stops_closes_and_reopens(office, copper_kettle):
    for status in ("on_stop", "closed", "active"):
        version = now(copper_kettle).version
        assert office.put(PATH, sent(status=status), version=version).status_code == 200
        assert now(copper_kettle).status == status
    assert [name for name in actions() if name.startswith("customer.") and name != "customer.edited"] == [
        "customer.put_on_stop",
        "customer.closed",
        "customer.reopened",
    ]
    refused = office.put(PATH, sent(status="applied"), version=now(copper_kettle).version)
    assert refused.status_code == 422
    assert now(copper_kettle).status == CustomerStatus.ACTIVE


def test_a_customer_with_people_stays(office, copper_kettle, northgate, maya):
    assert code_of(office.delete(PATH, version=copper_kettle.version)) == "refused"
    assert office.delete("/customers/NORTHGATE-DELI", version=northgate.version).status_code == 200
    assert office.get("/customers/NORTHGATE-DELI").status_code == 404


def test_a_buyer_sees_the_addresses_of_their_own_company_only(mayas, shop, northgate):
    [row] = mayas.get(f"{PATH}/addresses").json["data"]["items"]
    assert (row["label"], row["is_default_shipping"], row["postcode"]) == ("Shop", True, "LS1 7BT")
    assert mayas.get("/customers/NORTHGATE-DELI/addresses").status_code == 404
    assert mayas.get(PATH).status_code == 403


@pytest.mark.parametrize("name", sorted(set(NOT_OURS_TO_SEND) - {"status", "credit_limit"}))
def test_nothing_that_is_ours_to_set_can_be_sent(office, copper_kettle, name):
    answer = office.put(PATH, sent(**{name: NOT_OURS_TO_SEND[name]}), version=copper_kettle.version)
    assert code_of(answer) == "unknown_field"
