"""Trade applications: the desk says yes with the terms, or no with the reason; and each of them once."""

import csv
import re
from io import StringIO

import pytest

from app.accounts.credentials import ApiKey
from app.accounts.models import CustomerStatus
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from tests import factories
from tests.accounts.acting import actions, promises
from tests.customers.typing_in import now, words

TERMS = {"payment_terms": "net14", "credit_limit": "750", "price_list_id": "", "account_manager_id": ""}
REASON = "We deliver in Leeds only."


def test_the_list_leads_to_both_answers(desk, mill):
    page = desk.get("/admin/applications")
    assert "Ida Hall" in words(page)
    assert "Not confirmed yet" in words(page)
    for path in re.findall(r'href="(/admin/applications/\d+/\w+)"', page.text):
        assert desk.get(path).status_code == 200


def test_approving_sets_the_terms_and_tells_the_buyer(desk, mill, cafes, nora):
    path = f"/admin/applications/{mill.id}/approve"
    typed = TERMS | {"price_list_id": str(cafes.id), "account_manager_id": str(nora.id)}
    assert desk.submit(path, **typed).status_code == 303
    row = now(mill)
    assert (row.status, row.payment_terms, str(row.credit_limit)) == (
        CustomerStatus.ACTIVE,
        "net14",
        "750.00",
    )
    assert (row.price_list_id, row.account_manager_id) == (cafes.id, nora.id)
    assert [topic for topic, _ in promises()].count("accounts.mail_welcome") == 1
    assert actions() == ["customer.applied", "customer.edited", "customer.approved"]
    assert "Mill Bakery can order now" in words(desk.get("/admin/applications"))


def test_terms_that_cannot_be_leave_it_waiting(desk, mill):
    answer = desk.submit(f"/admin/applications/{mill.id}/approve", **(TERMS | {"credit_limit": "1,5"}))
    assert answer.status_code == 422
    assert "can be read in two ways" in words(answer)
    assert now(mill).status == CustomerStatus.APPLIED


def test_refusing_closes_it_and_tells_the_buyer_why(desk, visitor, mill):
    path = f"/admin/applications/{mill.id}/refuse"
    assert desk.submit(path, reason="").status_code == 422
    assert desk.submit(path, reason=REASON).status_code == 303
    row = now(mill)
    assert (row.status, row.status_reason) == (CustomerStatus.CLOSED, REASON)
    told = db.session.query(OutboxMessage).filter_by(topic="customers.mail_refused").one()
    assert told.payload["reason"] == REASON
    assert actions() == ["customer.applied", "customer.refused"]
    assert visitor.sign_in("ida@mill.example", "perforated linden harbour").status_code == 403


def test_refusing_revokes_the_links_and_keys_that_are_open(desk, mill):
    key, _ = factories.api_key("orders:read", customer_id=mill.id, by=SYSTEM)
    desk.submit(f"/admin/applications/{mill.id}/refuse", reason=REASON)
    assert db.session.get(ApiKey, key.id, populate_existing=True).revoked_at is not None


def test_the_file_holds_everybody_who_waits(desk, mill, northgate):
    assert '<a href="/admin/applications.csv">' in desk.get("/admin/applications").text
    answer = desk.get("/admin/applications.csv")
    [row] = csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig")))
    assert (row["Code"], row["Buyer name"], row["Buyer email"], row["Confirmed"], row["Tax ID"]) == (
        "MILL-BAKERY",
        "Ida Hall",
        "ida@mill.example",
        "",
        "GB 1",
    )


@pytest.mark.parametrize("answer", ["approve", "refuse"])
def test_who_comes_second_hears_that_it_is_answered(desk, mill, answer):
    desk.submit(f"/admin/applications/{mill.id}/refuse", reason=REASON)
    path = f"/admin/applications/{mill.id}/{answer}"
    assert desk.get(path).status_code == 303
    assert desk.submit(path, **TERMS, reason=REASON).status_code == 303
    assert "not waiting for an answer any more" in words(desk.get("/admin/applications"))
    assert len([topic for topic, _ in promises() if topic.startswith("customers.")]) == 1


def test_a_refused_one_can_be_reopened(desk, visitor, mill):
    desk.submit(f"/admin/applications/{mill.id}/refuse", reason=REASON)
    version = now(mill).version
    assert (
        desk.submit("/desk/customers/MILL-BAKERY/reopen", version=version, reason="Moved").status_code == 303
    )
    assert visitor.sign_in("ida@mill.example", "perforated linden harbour").status_code == 303
