"""Shutting people out and letting them in again: at once, everywhere, and never the last administrator."""

import pytest
from sqlalchemy import select

from app.accounts.credentials import RefreshToken
from app.accounts.models import TokenKind, User
from app.accounts.queries import people as queries
from app.accounts.service import links, people
from app.core import clock
from app.core.database import db
from app.core.errors import Refused, Stale
from tests import factories
from tests.accounts.acting import acting, actions, edited, invited, now, out, sessions_of, signed_in
from tests.conftest import SECRET_KEY

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize("verb", [people.deactivate, people.remove, people.anonymise])
def test_whoever_is_shut_out_is_out_at_once(owner, tom, verb):
    signed_in(tom)
    link = links.issue(TokenKind.RESET, now(tom), seed="1", secret_key=SECRET_KEY, at=clock.now())
    out(verb, tom, owner)
    assert sessions_of(tom) == 0
    assert db.session.scalar(select(RefreshToken.revoked_at)) is not None
    with pytest.raises(Refused, match="This link"):
        links.opened(TokenKind.RESET, link, at=clock.now())
    assert len(actions()) == 1


def test_a_link_from_before_stays_dead_when_they_come_back(owner, tom):
    link = links.issue(TokenKind.RESET, now(tom), seed="1", secret_key=SECRET_KEY, at=clock.now())
    out(people.deactivate, tom, owner)
    out(people.reactivate, tom, owner)
    with pytest.raises(Refused, match="This link"):
        links.opened(TokenKind.RESET, link, at=clock.now())


@pytest.mark.parametrize("verb", [people.deactivate, people.remove, people.anonymise])
def test_nobody_shuts_themselves_out(owner, verb):
    factories.user("Second Admin", role="admin")
    with pytest.raises(Refused, match="yourself"):
        out(verb, owner, owner)


def test_deactivating_and_deleting_can_be_undone(owner, tom):
    out(people.deactivate, tom, owner)
    assert now(tom).state == "deactivated"
    out(people.reactivate, tom, owner)
    assert now(tom).state == "active"
    out(people.remove, tom, owner)
    assert now(tom).state == "deleted"
    out(people.restore, tom, owner)
    assert now(tom).state == "active"
    assert actions() == ["user.deactivated", "user.reactivated", "user.removed", "user.restored"]


def test_doing_it_twice_is_refused_in_a_sentence(owner, tom):
    out(people.deactivate, tom, owner)
    with pytest.raises(Refused, match="already deactivated"):
        out(people.deactivate, tom, owner)
    out(people.remove, tom, owner)
    with pytest.raises(Refused, match="already deleted"):
        out(people.remove, tom, owner)


def test_an_action_on_a_stale_page_is_refused(owner, tom):
    seen = now(tom).version
    edited(tom, owner, name="Thomas Ridley")
    with pytest.raises(Stale):
        out(people.deactivate, tom, owner, version=seen)


def test_nobody_is_restored_into_an_address_that_is_taken_meanwhile(owner, tom):
    out(people.remove, tom, owner)
    invited(owner, email=tom.email)
    with pytest.raises(Refused, match="already uses") as refusal:
        out(people.restore, tom, owner)
    assert refusal.value.field == "email"
    assert now(tom).state == "deleted"


def test_an_anonymised_person_is_forgotten_for_good(owner, maya, copper_kettle):
    out(people.anonymise, maya, owner)
    forgotten = now(maya)
    assert (forgotten.name, forgotten.email) == (f"Person {maya.id}", f"anonymised-{maya.id}@invalid")
    assert (forgotten.password_hash, forgotten.roles) == (None, [])
    assert forgotten.customer_id == copper_kettle.id
    with pytest.raises(Refused, match="stays so"):
        out(people.restore, maya, owner)


@pytest.mark.parametrize("verb", [people.deactivate, people.remove, people.anonymise])
def test_the_last_working_admin_stays(owner, verb):
    factories.user("Invited Admin", role="admin", password=None)
    hands_over = roles_of_everything(owner)
    with pytest.raises(Refused, match="last working administrator"):
        out(verb, owner, hands_over)
    with pytest.raises(Refused, match="last working administrator"):
        edited(owner, hands_over, roles=["warehouse"])


def roles_of_everything(owner: User) -> User:
    """Somebody who may do everything but cannot sign in yet: they do not count as working."""
    return queries.person_seen_by(acting(owner), factories.user("New Admin", role="admin", password=None).id)
