"""API keys: scoped, bound, revocable, and known by their fingerprint only."""

import pytest
from sqlalchemy import delete, select

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.accounts.models import UserRole
from app.accounts.queries import bearers
from app.accounts.queries import keys as queries
from app.accounts.queries import people as queries_of_people
from app.accounts.service import keys, people
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotAllowed, NotFound, Refused
from app.core.tokens import fingerprint
from tests import factories
from tests.accounts.acting import acting, actions, out

pytestmark = pytest.mark.usefixtures("context")


def made(by, **given):
    permissions = given.pop("permissions", ["orders:read"])
    return factories.api_key(*permissions, by=acting(by), **given)


def test_the_text_is_nowhere_in_the_database(owner):
    key, text = made(owner)
    prefix, secret = key_text.parse(text)
    assert (key.prefix, key.secret_hash) == (prefix, fingerprint(secret))
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "api_key.created")).one()
    assert secret not in str(told.diff)
    assert key.secret_hash not in str(told.diff)


def test_nobody_makes_a_key_that_may_do_more_than_they_do(tom):
    with pytest.raises(Refused, match="do not have it yourself"):
        made(tom, permissions=["orders:read", "stock:write"])
    assert actions() == []


def test_a_key_of_one_customer_does_what_buyers_do(owner, copper_kettle):
    key, _ = made(owner, customer_id=copper_kettle.id)
    assert key.customer_id == copper_kettle.id
    with pytest.raises(Refused, match="is for staff"):
        made(owner, customer_id=copper_kettle.id, permissions=["stock:write"])
    with pytest.raises(NotFound):
        made(owner, customer_id=0)


def test_a_revoked_key_is_dead_and_stays_listed(owner):
    key, _ = made(owner)
    keys.revoke(key.id, by=acting(owner), at=clock.now())
    with pytest.raises(Refused, match="already revoked"):
        keys.revoke(key.id, by=acting(owner), at=clock.now())
    db.session.expire_all()
    [(listed, company, maker, _)] = queries.keys_listed()
    assert (listed.is_live(clock.now()), company, maker) == (False, None, owner.name)
    assert actions() == ["api_key.created", "api_key.revoked"]


def test_nobody_revokes_a_key_that_may_do_more_than_they_do(owner, tom):
    key, _ = made(owner, permissions=["stock:write"])
    with pytest.raises(NotAllowed, match="may do more than you"):
        keys.revoke(key.id, by=acting(tom), at=clock.now())
    assert db.session.get(ApiKey, key.id).revoked_at is None


@pytest.mark.parametrize("verb", [people.deactivate, people.remove, people.anonymise])
def test_keys_end_with_their_makers_stay(owner, verb):
    helen = factories.user("Helen Park", role="admin")
    hers, _ = made(helen)
    mine, _ = made(owner)
    out(verb, helen, owner)
    db.session.expire_all()
    assert [db.session.get(ApiKey, key.id).is_live(clock.now()) for key in (hers, mine)] == [False, True]
    assert actions()[-1] == "api_key.revoked"


def test_a_key_never_changes_its_own_maker(owner, tom):
    helen = factories.user("Helen Park", role="admin")
    key, _ = made(helen, permissions=["admin"])
    by_key = Viewer(principal=f"key:{key.id}", key_id=key.id, is_staff=True, permissions=frozenset({"admin"}))
    for verb in (people.deactivate, people.remove, people.anonymise):
        with pytest.raises(NotAllowed, match="made this key"):
            verb(helen.id, by=by_key, at=clock.now())
    assert people.deactivate(tom.id, by=by_key, at=clock.now()).state == "deactivated"


def may_now(text):
    return set(bearers.key_called(key_text.parts_of(text)[0]).permissions)


def given(person, *roles):
    """These roles instead of those they had."""
    db.session.execute(delete(UserRole).where(UserRole.user_id == person.id))
    found = queries_of_people.roles_called(roles)
    db.session.add_all([UserRole(user_id=person.id, role_id=role.id) for role in found])
    db.session.commit()


def test_a_key_may_no_more_than_its_maker_may_now(owner):
    helen = factories.user("Helen Park", role="admin")
    _, narrow = made(helen, permissions=["orders:read", "users:write"])
    _, everything = made(helen, permissions=["admin"])
    assert [may_now(text) for text in (narrow, everything)] == [{"orders:read", "users:write"}, {"admin"}]
    given(helen, "order_clerk")
    clerks = set(queries_of_people.roles_called(["order_clerk"])[0].permissions)
    assert "users:write" not in clerks
    assert [may_now(text) for text in (narrow, everything)] == [{"orders:read"}, clerks]
    given(helen, "admin")
    assert may_now(narrow) == {"orders:read", "users:write"}, "it had them and has them again"


def test_a_key_whose_maker_may_nothing_may_nothing_and_dockets_own_stay(owner):
    helen = factories.user("Helen Park", role="admin")
    _, hers = made(helen)
    _, dockets = factories.api_key("orders:read", by=SYSTEM)
    given(helen)
    assert [may_now(text) for text in (hers, dockets)] == [set(), {"orders:read"}]


def test_the_pages_say_what_a_key_may_now_and_why_not_more(desk):
    helen = factories.user("Helen Park", role="admin")
    key, _ = made(helen, permissions=["orders:read", "users:write"])
    assert "See orders, Manage people" in desk.get("/admin/keys").text
    given(helen, "order_clerk")
    listed, page = desk.get("/admin/keys").text, desk.get(f"/admin/keys/{key.id}").text
    assert "See orders" in listed
    assert "Manage people" not in listed
    assert "Not Manage people any more, because Helen Park" in page


def test_the_question_says_which_keys_end(desk, owner):
    helen = factories.user("Helen Park", role="admin")
    made(helen, name="Web shop")
    assert "revoked for good: Web shop." in desk.get(f"/admin/users/{helen.id}/deactivate").text
    tom = factories.user("Tom Ridley", role="order_clerk")
    assert "revoked for good" not in desk.get(f"/admin/users/{tom.id}/deactivate").text


def test_buyers_keep_away_from_keys(owner, maya):
    key, _ = made(owner)
    with pytest.raises(NotAllowed):
        made(maya)
    with pytest.raises(NotAllowed):
        keys.revoke(key.id, by=acting(maya), at=clock.now())
    assert db.session.get(ApiKey, key.id).revoked_at is None
