"""The pages of administration, from the outside: who may open them, what they show, what their forms do."""

import re

import pytest

from app.accounts.models import CustomerStatus, User
from app.accounts.queries import people as queries
from app.core.database import db
from tests import factories
from tests.accounts.acting import actions, codes_of, now, promises

PAGES = (
    "/admin/users",
    "/admin/users/invite",
    "/admin/roles",
    "/admin/roles/new",
    "/admin/roles/warehouse",
    "/admin/roles/warehouse/remove",
    "/admin/keys",
    "/admin/keys/new",
    "/admin/applications",
)
ACTIONS = ("deactivate", "reactivate", "delete", "restore", "anonymise", "invitation")


def pages_of(user: User) -> list[str]:
    return [f"/admin/users/{user.id}/{rest}" for rest in ("edit", *ACTIONS)] + [f"/admin/users/{user.id}"]


def version_in(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def test_the_owner_can_open_every_page(desk, tom):
    for path in (*PAGES, *pages_of(tom)):
        assert desk.get(path).status_code == 200, path


def test_a_clerk_is_told_what_their_role_lacks(as_user, tom, wanda):
    page = as_user(tom)
    for path in (*PAGES, *pages_of(wanda)):
        assert page.get(path).status_code == 403, path


@pytest.mark.parametrize("name", ["maya", "ben"])
def test_for_buyers_these_pages_do_not_exist(as_user, request, name, tom):
    page = as_user(request.getfixturevalue(name))
    for path in (*PAGES, *pages_of(tom)):
        assert page.get(path).status_code == 404, path
    for path in (f"/admin/users/{tom.id}/deactivate", "/admin/roles/new", "/admin/applications/1/approve"):
        assert page.submit(path).status_code == 404, path


def test_strangers_are_asked_to_sign_in(visitor, tom):
    for path in (*PAGES, *pages_of(tom)):
        answer = visitor.get(path)
        assert (answer.status_code, answer.location[:6]) == (302, "/login"), path


def test_what_does_not_exist_is_not_found(desk):
    for path in ("/admin/users/0", "/admin/users/0/edit", "/admin/users/0/delete", "/admin/roles/juggler"):
        assert desk.get(path).status_code == 404, path
    assert desk.get("/admin/keys/0").status_code == 404
    assert desk.get("/admin/keys/0/revoke").status_code == 404


def test_an_invitation_from_the_page(desk):
    answer = desk.submit(
        "/admin/users/invite", name="Ida Hall", email="Ida@Millrace.example ", phone="", roles="warehouse"
    )
    assert answer.status_code == 303
    assert "ida@millrace.example" in desk.get(answer.location).text
    assert [topic for topic, _ in promises()] == ["accounts.mail_invite"]


def test_a_buyer_is_invited_to_a_customer_by_name_or_code(desk, maya, copper_kettle):
    for number, typed in enumerate(("copper kettle café", copper_kettle.code.lower())):
        facts = {
            "name": "Ida",
            "email": f"ida{number}@kettle.example",
            "roles": "buyer",
            "customer_id": typed,
        }
        assert desk.submit("/admin/users/invite?kind=buyer", **facts).status_code == 303
    answer = desk.submit(
        "/admin/users/invite?kind=buyer", name="I", email="i@x.example", roles="buyer", customer_id="Nowhere"
    )
    assert answer.status_code == 422
    assert "no one customer called Nowhere" in answer.text


def test_a_refused_invitation_keeps_what_was_typed(desk, tom):
    facts = {"name": "Second Tom", "email": tom.email, "roles": ["warehouse", "accounts"], "once": "k1"}
    answer = desk.submit("/admin/users/invite", **facts)
    assert answer.status_code == 422
    assert "Somebody else already uses this address." in answer.text
    assert 'value="Second Tom"' in answer.text
    assert re.search(r'<input checked[^>]*value="warehouse"|value="warehouse"[^>]*checked', answer.text)
    assert actions() == []


def test_an_invitation_sent_twice_is_one(desk):
    facts = {"name": "Ida", "email": "ida@millrace.example", "roles": "warehouse", "once": "key-1"}
    first = desk.submit("/admin/users/invite", **facts)
    again = desk.submit("/admin/users/invite", **facts)
    assert (first.status_code, again.location) == (303, first.location)
    assert actions() == ["user.invited"]


def test_a_person_is_changed_from_the_page(desk, tom):
    page = desk.get(f"/admin/users/{tom.id}/edit").text
    facts = {"name": "Thomas Ridley", "email": tom.email, "phone": "0113", "roles": ["order_clerk"]}
    answer = desk.submit(f"/admin/users/{tom.id}/edit", **facts, version=version_in(page))
    assert answer.status_code == 303
    assert now(tom).name == "Thomas Ridley"


def test_a_stale_page_keeps_what_was_typed(desk, tom):
    page = desk.get(f"/admin/users/{tom.id}/edit").text
    facts = {"email": tom.email, "version": version_in(page)}
    theirs = {"name": "Thomas", "phone": "", "roles": ["order_clerk", "accounts"]}
    mine = {"name": "Tommy", "phone": "0113 496 0000", "roles": ["order_clerk"]}
    desk.submit(f"/admin/users/{tom.id}/edit", **facts, **theirs)
    answer = desk.submit(f"/admin/users/{tom.id}/edit", **facts, **mine, once="x")
    assert answer.status_code == 409
    for value in ("Tommy", "0113 496 0000"):
        assert f'value="{value}"' in answer.text, "mine is kept"
    for value in ("“Thomas”", "empty", "“Accounts, Order clerk”"):
        assert f"It is now {value}." in answer.text, "and theirs stands beside it"
    assert f"It is now “{tom.email}”." not in answer.text, "what is the same needs no second look"
    assert now(tom).name == "Thomas"
    facts["version"] = version_in(answer.text)
    assert desk.submit(f"/admin/users/{tom.id}/edit", **facts, **mine).status_code == 303
    assert (now(tom).name, codes_of(tom)) == ("Tommy", ["order_clerk"])


def test_the_own_page_has_no_roles_to_tick(desk, owner):
    page = desk.get(f"/admin/users/{owner.id}/edit").text
    assert 'name="roles"' not in page
    facts = {"name": "Hana W", "email": owner.email, "phone": "", "version": version_in(page)}
    assert desk.submit(f"/admin/users/{owner.id}/edit", **facts, roles="warehouse").status_code == 303
    assert codes_of(owner) == ["admin"]


def test_the_own_page_offers_no_way_out(desk, owner):
    page = desk.get(f"/admin/users/{owner.id}").text
    for name in ACTIONS:
        assert f"/{name}" not in page


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deactivate", "signed out everywhere"),
        ("delete", "You can restore them"),
        ("anonymise", "This cannot be undone"),
    ],
)
def test_an_action_says_what_it_does_before_it_does_it(desk, tom, name, says):
    path = f"/admin/users/{tom.id}/{name}"
    page = desk.get(path).text
    assert says in page
    assert now(tom).state == "active"
    assert desk.submit(path, version=version_in(page), once="1").status_code == 303
    assert (
        now(tom).state == {"deactivate": "deactivated", "delete": "deleted", "anonymise": "anonymised"}[name]
    )


def test_a_double_click_on_an_action_does_it_once(desk, tom):
    path = f"/admin/users/{tom.id}/deactivate"
    facts = {"version": version_in(desk.get(path).text), "once": "key-2"}
    assert [desk.submit(path, **facts).status_code for _ in range(2)] == [303, 303]
    assert actions() == ["user.deactivated"]


def test_an_action_on_a_stale_page_asks_again(desk, tom):
    path = f"/admin/users/{tom.id}/deactivate"
    version = int(version_in(desk.get(path).text))
    answer = desk.submit(path, version=version - 1)
    assert answer.status_code == 409
    assert now(tom).state == "active"


def test_a_deleted_person_comes_back_from_their_page(desk, tom):
    desk.submit(f"/admin/users/{tom.id}/delete", version=now(tom).version)
    page = desk.get(f"/admin/users/{tom.id}").text
    assert desk.submit(f"/admin/users/{tom.id}/restore", version=version_in(page)).status_code == 303
    assert now(tom).state == "active"


def test_a_person_without_what_an_admin_has_sees_no_buttons_on_one(as_user, context, owner):
    host = db.session.merge(factories.user("Helen Park", role="warehouse"))
    role = queries.role("warehouse")
    role.grant_exactly(frozenset({"users:write"}))
    db.session.commit()
    page = as_user(host)
    shown = page.get(f"/admin/users/{owner.id}").text
    assert "/deactivate" not in shown
    assert page.submit(f"/admin/users/{owner.id}/deactivate", version=now(owner).version).status_code == 403
    assert now(owner).state == "active"


def test_the_menu_shows_these_pages_only_to_those_who_may(as_user, owner, tom):
    assert 'href="/admin/users"' in as_user(owner).get("/desk").text
    assert 'href="/admin/users"' not in as_user(tom).get("/desk").text


def test_a_closed_customer_is_not_offered(desk, context):
    factories.customer("Old Shop", status=CustomerStatus.CLOSED)
    assert "Old Shop" not in desk.get("/admin/users/invite?kind=buyer").text
