"""Roles: bundles of permissions nobody can stretch beyond their own."""

import pytest

from app.accounts.queries import people as queries
from app.accounts.service import roles
from app.core.database import db
from app.core.errors import NotAllowed, Refused, Stale
from tests import factories
from tests.accounts.acting import acting, actions

pytestmark = pytest.mark.usefixtures("context")

NIGHT = {"code": "night_shift", "name": "Night shift", "kind": "staff"}


def made(by, permissions=("orders:read", "stock:write"), **given):
    return roles.create(**(NIGHT | given), permissions=permissions, by=acting(by))


def permissions_of(code: str) -> set[str]:
    db.session.expire_all()
    return set(queries.role(code).permissions)


def test_a_role_holds_what_was_ticked(owner):
    made(owner)
    assert permissions_of("night_shift") == {"orders:read", "stock:write"}
    assert actions() == ["role.created"]


def test_a_code_is_used_once(owner):
    made(owner)
    with pytest.raises(Refused, match="already a role") as refusal:
        made(owner)
    assert refusal.value.field == "code"
    assert actions() == ["role.created"]


@pytest.mark.parametrize("code", ["", "Night", "1st", "a", "with space", "x" * 31])
def test_a_code_is_a_word_programs_can_use(owner, code):
    with pytest.raises(Refused, match="small letters"):
        made(owner, code=code)


def test_nobody_makes_a_role_that_may_do_more_than_they_do(owner):
    made(owner, permissions=["users:write", "orders:read"])
    helen = factories.user("Helen Park", role="night_shift")
    with pytest.raises(Refused, match="do not have it yourself"):
        made(helen, code="more", permissions=["settings:write"])
    with pytest.raises(NotAllowed):
        roles.edit("manager", name="Manager", permissions=["orders:read"], version=1, by=acting(helen))
    with pytest.raises(NotAllowed):
        roles.remove("manager", by=acting(helen))


def test_a_role_for_buyers_cannot_hold_what_is_for_staff(owner):
    with pytest.raises(Refused, match="is for staff"):
        made(owner, kind="buyer", permissions=["orders:read", "settings:write"])
    with pytest.raises(Refused, match="is for staff"):
        made(owner, kind="buyer", permissions=["admin"])


def test_permissions_have_to_exist_and_be_some(owner):
    with pytest.raises(Refused, match="no permission called fly"):
        made(owner, permissions=["fly"])
    with pytest.raises(Refused, match="at least one"):
        made(owner, permissions=[])


def test_an_edit_is_seen_by_the_next_one(owner):
    role = made(owner)
    roles.edit(
        "night_shift", name="Nights", permissions=["orders:read"], version=role.version, by=acting(owner)
    )
    assert permissions_of("night_shift") == {"orders:read"}
    with pytest.raises(Stale):
        roles.edit(
            "night_shift",
            name="Late",
            permissions=["orders:read"],
            version=role.version - 1,
            by=acting(owner),
        )
    assert actions() == ["role.created", "role.edited"]


def test_a_change_of_permissions_alone_is_a_new_version(owner):
    seen = made(owner).version
    roles.edit("night_shift", name="Night shift", permissions=["orders:read"], version=seen, by=acting(owner))
    db.session.expire_all()
    assert queries.role("night_shift").version == seen + 1


def test_the_admin_role_stays_what_it_is(owner):
    with pytest.raises(Refused, match="always includes everything"):
        roles.edit("admin", name="Boss", permissions=["orders:read"], version=1, by=acting(owner))
    with pytest.raises(Refused, match="belongs to Docket"):
        roles.remove("admin", by=acting(owner))


def test_other_system_roles_can_be_changed_but_not_removed(owner):
    roles.edit("warehouse", name="Stores", permissions=["stock:write"], version=1, by=acting(owner))
    assert permissions_of("warehouse") == {"stock:write"}
    with pytest.raises(Refused, match="belongs to Docket"):
        roles.remove("warehouse", by=acting(owner))


def test_a_role_somebody_holds_stays(owner):
    made(owner)
    factories.user("Nina Cole", role="night_shift")
    with pytest.raises(Refused, match="1 person has the role Night shift"):
        roles.remove("night_shift", by=acting(owner))


def test_a_role_nobody_holds_can_go(owner):
    made(owner)
    roles.remove("night_shift", by=acting(owner))
    assert "night_shift" not in {role.code for role in queries.roles()}
    assert actions() == ["role.created", "role.removed"]


def test_the_last_role_that_lets_others_in_keeps_doing_so(owner):
    boss = made(owner, code="boss", permissions=["admin", "orders:read"])
    factories.user("Bo Smith", role="boss")
    by = acting(owner)
    owner.is_active = False
    db.session.merge(owner)
    db.session.commit()
    with pytest.raises(Refused, match="Nobody would be left"):
        roles.edit("boss", name="Boss", permissions=["orders:read"], version=boss.version, by=by)
    assert permissions_of("boss") == {"admin", "orders:read"}


def test_a_buyer_who_manages_colleagues_does_not_touch_roles(maya):
    with pytest.raises(NotAllowed):
        made(maya, kind="buyer", permissions=["orders:read"])
    with pytest.raises(NotAllowed):
        roles.edit("buyer", name="Buyer", permissions=["orders:read"], version=1, by=acting(maya))
    with pytest.raises(NotAllowed):
        roles.remove("buyer", by=acting(maya))
