"""The list of customers: found by what somebody remembers of them, and taken away as a file."""

import csv
from io import StringIO

import pytest

from app.accounts.models import CustomerStatus
from app.customers.admin.customers import IN_A_FILE
from app.imports.kinds.customers import CUSTOMERS
from tests import factories
from tests.customers.typing_in import words


@pytest.fixture
def others(context, nora):
    factories.customer("Blue Door", status=CustomerStatus.ON_STOP)
    factories.customer("Old Shop", status=CustomerStatus.CLOSED)
    kept = factories.customer("Quiet Corner")
    kept.account_manager_id, kept.credit_limit = nora.id, 250
    factories.saved(kept)


def names(page) -> list[str]:
    known = ("Copper Kettle Café", "Northgate Deli", "Blue Door", "Old Shop", "Quiet Corner")
    text = page.text[page.text.index("<main") :]
    return sorted(
        (name for name in known if f">{name}</a>" in text), key=lambda name: text.index(f">{name}<")
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Blue Door", "Copper Kettle Café", "Northgate Deli", "Old Shop", "Quiet Corner"]),
        ("?sort=-name", ["Quiet Corner", "Old Shop", "Northgate Deli", "Copper Kettle Café", "Blue Door"]),
        ("?q=kettle", ["Copper Kettle Café"]),
        ("?q=northgate-d", ["Northgate Deli"]),
        ("?q=maya.osei@", ["Copper Kettle Café"]),
        ("?status=on_stop", ["Blue Door"]),
        ("?status=closed&q=old", ["Old Shop"]),
        ("?status=nonsense&q=deli", ["Northgate Deli"]),
    ],
)
@pytest.mark.usefixtures("others", "maya", "ben")
def test_customers_are_found_by_name_code_buyer_and_status(desk, asked, found):
    assert names(desk.get(f"/desk/customers{asked}")) == found


def test_a_manager_finds_those_they_look_after(desk, others, nora):
    assert names(desk.get(f"/desk/customers?manager={nora.id}")) == ["Quiet Corner"]
    assert "No customer fits" in words(desk.get("/desk/customers?manager=99999999999999999999&q=x"))


def test_the_file_holds_the_rows_of_the_filter(desk, others, nora):
    answer = desk.get(f"/desk/customers.csv?manager={nora.id}")
    [row] = csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig")))
    assert (row["Code"], row["Credit limit"], row["Account manager"]) == (
        "QUIET-CORNER",
        "250.00",
        nora.email,
    )


def test_whoever_only_reads_adds_nothing(as_user, tom, wanda, copper_kettle):
    clerk = as_user(tom)
    assert "Add customer" not in clerk.get("/desk/customers").text
    assert clerk.get("/desk/customers/new").status_code == 403
    assert as_user(wanda).get("/desk/customers").status_code == 403


def test_an_import_knows_every_head_of_the_file():
    heads = {head.lower().replace(" ", "_") for head in IN_A_FILE}
    assert heads <= set(CUSTOMERS.column)
