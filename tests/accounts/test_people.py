"""Administering people: inviting and changing them, what each promises and what it refuses."""

import pytest

from app.accounts.queries import people as queries
from app.accounts.queries import people_list
from app.accounts.service import people, roles
from app.core.database import db
from app.core.errors import NotAllowed, NotFound, Refused, Stale
from tests import factories
from tests.accounts.acting import (
    acting,
    actions,
    codes_of,
    edited,
    invited,
    now,
    out,
    promises,
    sessions_of,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("context")


def test_an_invited_person_has_no_password_and_gets_one_mail(owner):
    ida = invited(owner)
    assert (now(ida).state, codes_of(ida)) == ("invited", ["warehouse"])
    assert actions() == ["user.invited"]
    assert promises() == [("accounts.mail_invite", {"user_id": ida.id})]


def test_an_address_belongs_to_one_person(owner, tom):
    with pytest.raises(Refused, match="already uses") as refusal:
        invited(owner, email=tom.email)
    assert refusal.value.field == "email"
    assert actions() == []
    assert promises() == []


def test_nobody_gives_a_role_that_may_do_more_than_they_do(owner, tom, maya):
    roles.create(code="host", name="Host", kind="staff", permissions=["users:write"], by=acting(owner))
    edited(tom, owner, roles=["host"])
    with pytest.raises(Refused, match="may do more than you") as refusal:
        invited(tom, roles=["admin"])
    assert refusal.value.field == "roles"


def test_a_role_suits_the_kind_of_person(owner, copper_kettle):
    with pytest.raises(Refused, match="Warehouse is a role for our own staff"):
        invited(owner, kind="buyer", customer_id=copper_kettle.id, roles=["warehouse"])
    with pytest.raises(Refused, match="Buyer is a role for buyers"):
        invited(owner, roles=["buyer"])


def test_a_person_needs_a_role_that_exists(owner):
    with pytest.raises(Refused, match="no role called juggler"):
        invited(owner, roles=["juggler"])
    with pytest.raises(Refused, match="at least one role"):
        invited(owner, roles=[])


def test_a_buyer_belongs_to_a_customer_and_staff_to_none(owner, copper_kettle):
    with pytest.raises(Refused, match="Choose the customer"):
        invited(owner, kind="buyer", roles=["buyer"])
    with pytest.raises(Refused, match="belong to no customer"):
        invited(owner, customer_id=copper_kettle.id)


def test_a_customer_admin_invites_into_the_own_company_only(maya, copper_kettle, northgate):
    colleague = invited(maya, kind="buyer", roles=["buyer"])
    assert colleague.customer_id == copper_kettle.id
    with pytest.raises(NotAllowed):
        invited(maya, email="x@millrace.example")
    with pytest.raises(NotFound):
        invited(maya, email="y@deli.example", kind="buyer", roles=["buyer"], customer_id=northgate.id)


def test_a_customer_admin_never_meets_staff_or_other_companies(maya, ben, tom):
    for stranger in (ben, tom):
        for verb in (people.deactivate, people.reactivate, people.remove, people.restore, people.anonymise):
            with pytest.raises(NotFound):
                out(verb, stranger, maya)
        with pytest.raises(NotFound):
            edited(stranger, maya, name="Nobody")
        with pytest.raises(NotFound):
            people.resend_invitation(stranger.id, by=acting(maya))


def test_a_viewer_without_a_company_sees_nobody(tom, maya):
    from app.core.access import ANONYMOUS

    assert db.session.scalars(queries.people_seen_by(ANONYMOUS)).all() == []
    assert people_list.people_listed(ANONYMOUS).rows == []


def test_a_stronger_person_cannot_be_changed(owner, tom):
    roles.create(code="host", name="Host", kind="staff", permissions=["users:write"], by=acting(owner))
    edited(tom, owner, roles=["host"])
    with pytest.raises(NotAllowed, match="may do more than you"):
        edited(owner, tom, email="mine@millrace.example")


def test_an_edit_is_told_once_with_what_changed(owner, tom):
    edited(tom, owner, name="Thomas Ridley", roles=["warehouse", "order_clerk"])
    assert (now(tom).name, codes_of(tom)) == ("Thomas Ridley", ["order_clerk", "warehouse"])
    assert actions() == ["user.edited"]


def test_a_stale_edit_changes_nothing(owner, tom):
    seen = now(tom).version
    edited(tom, owner, roles=["warehouse"])
    with pytest.raises(Stale):
        edited(tom, owner, name="Old Tom", version=seen)
    assert now(tom).name == "Tom Ridley"


def test_a_new_address_is_confirmed_again_and_the_old_one_told(owner, tom):
    old = tom.email
    signed_in(tom)
    edited(tom, owner, email="thomas@millrace.example")
    assert now(tom).email_verified_at is None
    assert promises() == [
        ("accounts.mail_verify", {"user_id": tom.id}),
        ("accounts.mail_email_changed", {"user_id": tom.id, "old_email": old}),
    ]
    assert sessions_of(tom) == 1


def test_a_mistyped_invitation_goes_to_the_right_address(owner):
    ida = invited(owner)
    edited(ida, owner, email="ida.hall@millrace.example")
    assert [topic for topic, _ in promises()] == ["accounts.mail_invite", "accounts.mail_invite"]


def test_a_taken_address_leaves_the_person_as_they_were(owner, tom, wanda):
    with pytest.raises(Refused, match="already uses"):
        edited(tom, owner, email=wanda.email, name="Changed", roles=["warehouse"])
    assert (now(tom).name, codes_of(tom)) == ("Tom Ridley", ["order_clerk"])
    assert actions() == []
    assert promises() == []


def test_nobody_changes_their_own_roles(owner):
    factories.user("Second Admin", role="admin")
    with pytest.raises(Refused, match="your own roles"):
        edited(owner, owner, roles=["warehouse"])
    assert edited(owner, owner, name="Hana W.").name == "Hana W."


def test_only_an_open_invitation_is_sent_again(owner, tom):
    ida = invited(owner)
    people.resend_invitation(ida.id, by=acting(owner))
    assert [topic for topic, _ in promises()] == ["accounts.mail_invite"] * 2
    with pytest.raises(Refused, match="no invitation"):
        people.resend_invitation(tom.id, by=acting(owner))
