"""On stop, closed, deleted and back: with a reason, once, and never with somebody left hanging."""

import pytest

from app.accounts.credentials import ApiKey
from app.accounts.models import CustomerStatus
from app.accounts.service import keys, people
from app.core import clock
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotFound, Refused, Stale
from app.customers.service import addresses, customers, standing
from tests import factories
from tests.accounts.acting import acting, actions, invited, sessions_of
from tests.customers.typing_in import DOOR, now, somebody_else, version_in, words

REASON = "Three invoices are overdue"


def asked(desk, customer, name, **typed):
    path = f"/desk/customers/{customer.code}/{name}"
    return desk.submit(path, **({"version": version_in(desk.get(path))} | typed))


def restored(desk, gone: str):
    path = f"{gone}/restore"
    return desk.submit(path, version=version_in(desk.get(path)))


def test_a_customer_goes_on_stop_with_a_reason_that_everybody_reads(desk, copper_kettle):
    assert asked(desk, copper_kettle, "stop", reason=REASON).status_code == 303
    page = words(desk.get(f"/desk/customers/{copper_kettle.code}"))
    assert f"On stop: {REASON}" in page
    assert f"Put on stop by Nora Finch: {REASON}" in page
    assert asked(desk, copper_kettle, "release", reason="Paid").status_code == 303
    row = now(copper_kettle)
    assert (row.status, row.status_reason) == (CustomerStatus.ACTIVE, "")
    assert actions() == ["customer.put_on_stop", "customer.taken_off_stop"]
    reasons = [
        event.diff["reason"] for event in db.session.query(AuditEvent).order_by(AuditEvent.id) if event.diff
    ]
    assert reasons == [[None, REASON], [None, "Paid"]]


def test_without_a_reason_nothing_happens(desk, copper_kettle):
    answer = asked(desk, copper_kettle, "stop", reason=" ")
    assert answer.status_code == 422
    assert "Type a reason" in words(answer)
    assert now(copper_kettle).status == CustomerStatus.ACTIVE


def test_what_a_colleague_did_first_is_said(desk, copper_kettle):
    path = f"/desk/customers/{copper_kettle.code}/stop"
    seen = version_in(desk.get(path))
    asked(desk, copper_kettle, "close", reason="Gone")
    assert desk.submit(path, version=seen, reason=REASON).status_code == 409
    answer = asked(desk, copper_kettle, "stop", reason=REASON)
    assert answer.status_code == 422
    assert "Copper Kettle Café is closed by now" in words(answer)


def test_closing_ends_what_its_people_and_programs_have_open(desk, as_user, copper_kettle, maya, ben):
    browser, other = as_user(maya), as_user(ben)
    key, _ = factories.api_key("orders:read", customer_id=copper_kettle.id, by=SYSTEM)
    asked(desk, copper_kettle, "close", reason="They stopped trading")
    somebody_else()
    assert browser.get("/company").status_code == 302
    somebody_else()
    assert other.get("/company").status_code == 200
    assert sessions_of(maya) == 0
    assert db.session.get(ApiKey, key.id, populate_existing=True).revoked_at is not None


def test_a_reopened_customers_people_sign_in_again(desk, visitor, copper_kettle, maya):
    asked(desk, copper_kettle, "close", reason="Gone")
    assert visitor.sign_in(maya.email).status_code == 403
    asked(desk, copper_kettle, "reopen", reason="Back")
    assert visitor.sign_in(maya.email).status_code == 303


def test_a_customer_with_people_is_not_deleted_and_says_why(desk, copper_kettle, maya):
    factories.api_key("orders:read", customer_id=copper_kettle.id, by=SYSTEM)
    answer = asked(desk, copper_kettle, "delete")
    assert answer.status_code == 422
    assert "cannot be deleted: 1 API key, 1 person would be left without a customer" in words(answer)


def test_a_revoked_key_keeps_no_customer(desk, owner, northgate):
    key, _ = factories.api_key("orders:read", customer_id=northgate.id, by=SYSTEM)
    keys.revoke(key.id, by=acting(owner), at=clock.now())
    assert asked(desk, northgate, "delete").status_code == 303


def test_a_deleted_customer_leaves_the_list_and_comes_back(desk, northgate, shop):
    gone = asked(desk, northgate, "delete").location
    assert ">Northgate Deli</a>" not in desk.get("/desk/customers").text
    listed = desk.get("/desk/customers?status=deleted").text
    assert f'<a href="{gone}">Northgate Deli</a>' in listed
    assert f'href="{gone}/restore"' in desk.get(gone).text
    assert restored(desk, gone).location == "/desk/customers/NORTHGATE-DELI"
    assert ">Northgate Deli</a>" in desk.get("/desk/customers").text


def test_a_deleted_customer_is_reached_although_another_has_its_code(desk, northgate):
    gone = asked(desk, northgate, "delete").location
    factories.customer("Northgate Deli")
    assert "Deleted" in words(desk.get(gone))
    refused = restored(desk, gone)
    assert refused.status_code == 422
    assert "Another customer has the code NORTHGATE-DELI by now" in words(refused)
    assert now(northgate).deleted_at is not None


def test_who_restores_second_hears_that_it_is_back(desk, northgate):
    gone = asked(desk, northgate, "delete").location
    restored(desk, gone)
    answer = restored(desk, gone)
    assert answer.status_code == 422
    assert "Northgate Deli is not deleted" in words(answer)


def test_nothing_is_done_with_a_customer_that_is_deleted(context, nora, northgate, shop):
    who, at = acting(nora), clock.now()
    door = addresses.add(northgate.id, **DOOR, by=who)
    standing.remove(northgate.code, version=northgate.version, by=who, at=at)
    seen = {"version": now(northgate).version, "by": who}
    for change in (
        lambda: customers.edit(northgate.code, name="Northgate", **seen),
        lambda: standing.put_on_stop(northgate.code, reason=REASON, at=at, **seen),
        lambda: addresses.add(northgate.id, **DOOR, by=who),
        lambda: addresses.edit(northgate.id, door.id, **DOOR, version=door.version, by=who),
        lambda: addresses.remove(northgate.id, door.id, version=door.version, by=who, at=at),
    ):
        with pytest.raises(NotFound):
            change()


@pytest.mark.parametrize(
    "verb",
    ["stop", "release", "close", "reopen", "delete", "restore", "edit", "edit a door", "remove a door"],
)
def test_a_stale_version_is_told(context, nora, copper_kettle, shop, verb):
    by, at = acting(nora), clock.now()
    code, reasoned = copper_kettle.code, {"reason": REASON, "version": 0, "by": by, "at": at}
    do = {
        "stop": lambda: standing.put_on_stop(code, **reasoned),
        "release": lambda: standing.take_off_stop(code, **reasoned),
        "close": lambda: standing.close(code, **reasoned),
        "reopen": lambda: standing.reopen(code, **reasoned),
        "delete": lambda: standing.remove(code, version=0, by=by, at=at),
        "restore": lambda: standing.restore(copper_kettle.id, version=0, by=by),
        "edit": lambda: customers.edit(code, name="Kettle", version=0, by=by),
        "edit a door": lambda: addresses.edit(copper_kettle.id, shop.id, **DOOR, version=0, by=by),
        "remove a door": lambda: addresses.remove(copper_kettle.id, shop.id, version=0, by=by, at=at),
    }
    with pytest.raises(Stale):
        do[verb]()


def test_nobody_joins_or_comes_back_to_a_deleted_customer(context, owner, nora, copper_kettle, maya):
    people.remove(maya.id, by=acting(owner), at=clock.now())
    standing.remove(copper_kettle.code, version=now(copper_kettle).version, by=acting(nora), at=clock.now())
    with pytest.raises(Refused, match="Restore the customer first"):
        people.restore(maya.id, by=acting(owner), at=clock.now())
    with pytest.raises(NotFound):
        invited(owner, kind="buyer", roles=["buyer"], customer_id=copper_kettle.id)
