"""Views of the queue that somebody keeps: a tab of theirs, and nobody else's."""

import re

import flask
import pytest

from app.core.database import db
from app.orders.models import SavedView
from tests import factories
from tests.desk.queueing import listed, promised
from tests.orders.ordering import placed


@pytest.fixture
def north(clerk) -> SavedView:
    """What the clerk looks at every morning."""
    clerk.submit("/desk/orders/views/new?view=confirm&day=tomorrow&payment=account", name="North round")
    return db.session.query(SavedView).one()


def tab(answer, name: str) -> str:
    """The address of a tab."""
    found = re.search(rf'<a href="([^"]+)"[^>]*>{name}</a>', answer.text)
    return found[1].replace("&amp;", "&") if found else ""


def test_filters_are_kept_under_a_name_and_become_a_tab(clerk, north, cafe, loaf):
    soon = promised(placed({loaf: 1}, cafe), 1).number
    promised(placed({loaf: 1}, cafe), 5)
    address = tab(clerk.get("/desk/orders"), "North round")
    page = clerk.get(address)
    assert listed(page) == [soon]
    assert re.search(r'aria-current="page">North round<', page.text)
    assert page.text.count('aria-current="page"') == 2  # the menu's place, and this tab


def test_the_page_that_asks_for_a_name_says_what_is_kept(clerk):
    page = clerk.get("/desk/orders/views/new?view=late&q=kettle&payment=account").text
    for words in ("Late", "kettle", "On account"):
        assert f"<dd>{words}</dd>" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Type a name, like North round."),
        ("x" * 41, "Use 40 characters or fewer."),
        ("north ROUND", "You have a view of that name already. Type another."),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_stays_typed(clerk, north, name, said):
    answer = clerk.submit("/desk/orders/views/new?view=late", name=name)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert db.session.query(SavedView).count() == 1


def test_a_view_is_renamed_and_deleted(clerk, north):
    path = f"/desk/orders/views/{north.id}"
    assert 'value="North round"' in clerk.get(path).text
    answer = clerk.submit(path, name="South round")
    assert answer.location == "/desk/orders?view=confirm&day=tomorrow&payment=account&sort=placed"
    assert tab(clerk.get("/desk/orders"), "South round")
    assert clerk.submit(f"{path}/remove").status_code == 303
    assert "View South round deleted" in clerk.get("/desk/orders").text
    assert db.session.query(SavedView).count() == 0


def test_nobody_sees_the_views_of_others(as_user, owner, north):
    flask.g.pop("_login_user")  # one context for both, in which Flask-Login keeps whoever came first
    other = as_user(owner)
    assert tab(other.get("/desk/orders"), "North round") == ""
    path = f"/desk/orders/views/{north.id}"
    assert other.get(path).status_code == 404
    assert other.submit(path, name="Mine").status_code == 404
    assert other.submit(f"{path}/remove").status_code == 404
    assert other.submit("/desk/orders/views/new?view=late", name="North round").status_code == 303


def test_a_view_sent_twice_is_kept_once(clerk):
    for _ in range(2):
        answer = clerk.submit("/desk/orders/views/new?view=late", name="Late ones", once="one")
        assert answer.status_code == 303
    assert db.session.query(SavedView).count() == 1


def test_there_is_room_for_a_dozen(clerk, context, tom):
    for number in range(12):
        factories.saved(SavedView(user_id=tom.id, name=f"View {number}", query="view=late"))
    answer = clerk.submit("/desk/orders/views/new?view=late", name="One more")
    assert (answer.status_code, "You can keep 12 views. Delete one first." in answer.text) == (422, True)
