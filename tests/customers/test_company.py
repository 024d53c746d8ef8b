"""A company runs its own account: colleagues in, changed and out, and somebody always stays who can."""

import re
from datetime import timedelta

import pytest

from app.accounts.models import User
from app.accounts.service import people
from app.core import clock
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from tests import factories
from tests.accounts.acting import acting, actions, now, promises
from tests.customers.typing_in import somebody_else, version_in, words


@pytest.fixture
def lena(context, copper_kettle):
    """Maya's colleague."""
    return factories.user("Lena Brandt", role="buyer", of=copper_kettle)


@pytest.fixture
def browser(as_user, context, maya):
    return as_user(maya)


def colleague(user: User) -> str:
    return f"/company/people/{user.id}"


def test_whoever_runs_the_account_sees_colleagues_and_terms(browser, lena, copper_kettle):
    page = words(browser.get("/company"))
    for said in ("Lena Brandt", "Maya Osei (you)", "Prepaid", "Invite a colleague"):
        assert said in page


def test_a_plain_buyer_sees_facts_and_neither_colleagues_nor_terms(as_user, context, ben, northgate):
    factories.user("Ola Nord", role="buyer", of=northgate)
    browser = as_user(ben)
    page = words(browser.get("/company"))
    assert "NORTHGATE-DELI" in page
    assert "Ola Nord" not in page
    assert "Credit limit" not in page
    assert browser.get("/company/people/invite").status_code == 403


def test_staff_have_no_company(as_user, context, owner):
    assert as_user(owner).get("/company").status_code == 404


def test_an_invited_colleague_gets_a_mail(browser, maya):
    typed = {"name": "Ole Berg", "email": "ole@kettle.example", "phone": "", "roles": "buyer"}
    assert browser.submit("/company/people/invite", **typed).status_code == 303
    found = db.session.query(User).filter_by(email="ole@kettle.example").one()
    assert found.customer_id == maya.customer_id
    assert promises() == [("accounts.mail_invite", {"user_id": found.id})]
    assert "Invited" in words(browser.get("/company"))


def test_a_colleague_is_a_buyer_unless_told_otherwise(browser):
    ticked = re.findall(r'<input checked[^>]* value="(\w+)"', browser.get("/company/people/invite").text)
    assert ticked == ["buyer"]


def test_everything_that_is_wrong_with_an_invitation_is_said_at_once(browser):
    answer = browser.submit("/company/people/invite", name="", email="", phone="")
    assert answer.status_code == 422
    assert "Fix 3 things" in words(answer)
    for sentence in ("Type the person's name", "Type an email address", "Choose at least one role"):
        assert sentence in words(answer)


@pytest.mark.parametrize("role", ["order_clerk", "admin"])
def test_nobody_invites_beyond_their_own_company(browser, role):
    typed = {"name": "Ole Berg", "email": "ole@kettle.example", "phone": "", "roles": role}
    answer = browser.submit("/company/people/invite", **typed)
    assert answer.status_code == 422
    assert "is a role for our own staff" in words(answer)


def test_the_password_is_asked_for_when_it_was_typed_long_ago(browser, lena):
    with clock.moved(timedelta(minutes=40)):
        somebody_else()
        assert "/confirm" in browser.get("/company/people/invite").location


def test_a_colleagues_role_is_changed(browser, lena):
    path = colleague(lena)
    facts = {"name": "Lena Brandt", "email": lena.email, "phone": "1", "roles": "customer_admin"}
    assert browser.submit(path, **facts, version=version_in(browser.get(path))).status_code == 303
    assert now(lena).role_codes == ["customer_admin"]
    assert actions() == ["user.edited"]


def test_a_colleague_is_let_out_and_in_again(browser, lena):
    path = colleague(lena)
    out = f"{path}/deactivate"
    assert browser.submit(out, version=version_in(browser.get(out))).status_code == 303
    assert "Deactivated" in words(browser.get("/company"))
    back = f"{path}/reactivate"
    assert browser.submit(back, version=version_in(browser.get(back))).status_code == 303
    assert now(lena).state == "active"


def test_other_companies_people_and_our_own_do_not_exist(browser, ben, tom):
    for stranger in (ben, tom):
        for path in (colleague(stranger), f"{colleague(stranger)}/deactivate"):
            assert browser.get(path).status_code == 404
            assert browser.submit(path, version="1").status_code == 404


def test_of_two_who_shut_each_other_out_at_once_one_stays(context, copper_kettle, maya):
    lena = factories.user("Lena Brandt", role="customer_admin", of=copper_kettle)
    both: tuple[Viewer, Viewer] = (acting(maya), acting(lena))
    people.deactivate(lena.id, by=both[0], at=clock.now())
    with pytest.raises(Refused, match="Maya Osei is the last who can manage your colleagues"):
        people.deactivate(maya.id, by=both[1], at=clock.now())
    facts = {"name": maya.name, "email": maya.email, "phone": "", "roles": ["buyer"]}
    version = now(maya).version
    with pytest.raises(Refused, match="is the last"):
        people.edit(maya.id, **facts, version=version, by=both[1])


def test_our_own_staff_may_shut_out_the_last_one(context, owner, maya):
    people.deactivate(maya.id, by=acting(owner), at=clock.now())
    assert now(maya).state == "deactivated"


def test_a_company_on_stop_is_told(browser, copper_kettle):
    copper_kettle.status = "on_stop"
    factories.saved(db.session.merge(copper_kettle))
    somebody_else()
    assert "Your account is on stop" in words(browser.get("/company"))
