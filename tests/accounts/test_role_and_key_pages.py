"""The pages of roles and keys, from the outside."""

import re

import pytest
from sqlalchemy import select

from app.accounts.credentials import ApiKey
from app.accounts.queries import people as queries
from app.core.database import db
from tests import factories
from tests.accounts.acting import acting
from tests.accounts.test_admin_pages import version_in


def test_the_grid_shows_what_each_role_may_do(desk):
    shown = desk.get("/admin/roles").text
    assert "Customer admin" in shown
    assert 'role="region"' in shown


def test_a_role_is_made_changed_and_removed(desk):
    made = desk.submit("/admin/roles/new", name="Night shift", permissions=["stock:write"], once="r1")
    assert made.status_code == 303
    page = desk.get("/admin/roles/night_shift").text
    facts = {"name": "Nights", "permissions": ["orders:read"]}
    assert desk.submit("/admin/roles/night_shift", **facts, version=version_in(page)).status_code == 303
    mine = {"name": "Late", "permissions": ["stock:write"], "version": version_in(page)}
    stale = desk.submit("/admin/roles/night_shift", **mine)
    assert stale.status_code == 409
    assert 'value="Late"' in stale.text
    assert "It is now “Nights”." in stale.text
    assert "It is now “See orders”." in stale.text
    assert version_in(stale.text) != version_in(page)
    page = desk.get("/admin/roles/night_shift/remove").text
    assert desk.submit("/admin/roles/night_shift/remove", version=version_in(page)).status_code == 303
    assert desk.get("/admin/roles/night_shift").status_code == 404


def test_a_role_without_ticks_is_refused_beside_the_ticks(desk):
    answer = desk.submit("/admin/roles/new", name="Idle", once="r2")
    assert answer.status_code == 422
    assert "Tick at least one thing" in answer.text


def test_a_role_that_cannot_go_says_why(desk, wanda):
    answer = desk.submit("/admin/roles/warehouse/remove", version=1)
    assert answer.status_code == 422
    assert "belongs to Docket" in answer.text


def key_facts(**given) -> dict:
    facts = {"name": "Till", "permissions": ["orders:read"], "customer_id": "", "expires_on": ""}
    return facts | given


def test_a_key_can_be_bound_and_ends_with_its_last_day(desk, copper_kettle):
    made = desk.submit(
        "/admin/keys/new", **key_facts(customer_id=copper_kettle.code, expires_on="2999-12-31")
    )
    assert made.status_code == 303
    key = db.session.scalars(select(ApiKey)).one()
    assert key.customer_id == copper_kettle.id
    assert key.expires_at.isoformat().startswith("2999-12-31T23:59:59")


@pytest.mark.parametrize("day", ["2020-01-01", "soon", "2026-13-01"])
def test_a_key_with_a_day_that_cannot_be_is_refused(desk, day):
    answer = desk.submit("/admin/keys/new", **key_facts(expires_on=day))
    assert answer.status_code == 422
    assert "Not a valid" not in answer.text
    assert db.session.scalars(select(ApiKey)).all() == []


def test_a_key_is_revoked_once(desk):
    path = desk.submit("/admin/keys/new", **key_facts()).location.partition("?")[0] + "/revoke"
    assert "cannot be switched on again" in desk.get(path).text
    assert desk.submit(path).status_code == 303
    assert desk.submit(path).status_code == 422
    assert "Revoked" in desk.get("/admin/keys").text


def test_the_pages_of_keys_say_who_made_them(desk, owner):
    made = desk.submit("/admin/keys/new", **key_facts())
    assert f'href="/admin/users/{owner.id}">{owner.name}</a>' in desk.get(made.location).text
    assert "<td" in desk.get("/admin/keys").text
    assert f'data-label="Made by">{owner.name}' in desk.get("/admin/keys").text


def test_a_key_that_may_do_more_offers_no_way_to_revoke_it(as_user, owner, context):
    helen = factories.user("Helen Park", role="warehouse")
    queries.role("warehouse").grant_exactly(frozenset({"users:write"}))
    db.session.commit()
    key, _ = factories.api_key("orders:read", by=acting(owner))
    page = as_user(helen)
    assert f"/admin/keys/{key.id}/revoke" not in page.get(f"/admin/keys/{key.id}").text
    assert page.submit(f"/admin/keys/{key.id}/revoke").status_code == 403


def test_nobody_is_offered_permissions_they_lack(as_user, context):
    helen = factories.user("Helen Park", role="warehouse")
    queries.role("warehouse").grant_exactly(frozenset({"users:write", "stock:write"}))
    db.session.commit()
    page = as_user(helen)
    shown = page.get("/admin/keys/new").text
    assert set(re.findall(r'name="permissions"[^>]*value="([^"]+)"', shown)) == {"users:write", "stock:write"}
    assert page.submit("/admin/keys/new", **key_facts()).status_code == 422
