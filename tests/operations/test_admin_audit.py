"""The audit log: who changed what and when, found again by any of it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import ROOT
from app.accounts.models import User
from app.core import audit, clock
from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.operations.happened import HAPPENED
from tests import factories
from tests.visitor import Visitor


def viewer_for(user: User) -> Viewer:
    return Viewer(principal=f"user:{user.id}", name=user.name, user_id=user.id, is_staff=True)


def viewer_who_may(user: User) -> Viewer:
    return replace(viewer_for(user), permissions=frozenset({"admin"}))


def renamed(app, person: User, *, to: str, by: User) -> None:
    with app.app_context():
        row = db.session.get(User, person.id)
        row.name = to
        audit.record("user.edited", row, by=viewer_for(by))
        db.session.commit()


def text_of(page) -> str:
    return " ".join(page.get_data(as_text=True).split())


def test_the_log_says_who_did_what_from_what_to_what(app, as_user, owner, tom):
    renamed(app, tom, to="Thomas Ridley", by=owner)
    said = text_of(as_user(owner).get("/admin/audit"))
    for word in ("Hana Whitlock", "Person changed", "Tom Ridley", "Thomas Ridley"):
        assert word in said


def recorded(path: Path) -> Iterator[str]:
    """The names under which this file writes into the log."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "audit.note", "record"}:
            yield from (part.value for part in node.args[:1] if isinstance(part, ast.Constant))


def test_whatever_is_recorded_has_its_words_and_the_words_are_all_different():
    sources = [path for path in (ROOT / "app").rglob("*.py") if path.name != "happened.py"]
    assert {name for path in sources for name in recorded(path)} - set(HAPPENED) == set()
    assert len(set(HAPPENED.values())) == len(HAPPENED)


def test_people_choose_by_words_and_addresses_keep_the_names(app, as_user, owner, tom):
    renamed(app, tom, to="Thomas Ridley", by=owner)
    with app.app_context():
        audit.note("parcel.weighed", entity="parcel", name="of a room to come", by=viewer_for(owner))
        db.session.commit()
    said = text_of(as_user(owner).get("/admin/audit?action=user.edited"))
    assert '<option value="user.edited" selected>Person changed</option>' in said
    assert '<option value="user">Person</option>' in said
    assert '<option value="parcel.weighed">parcel.weighed</option>' in said
    shown = said.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    assert "user.edited" not in re.sub(r'title="[^"]*"', "", shown)


def test_moments_in_the_log_are_written_as_everywhere(app, as_user, owner, tom):
    with app.app_context():
        factories.api_key("orders:read", by=viewer_who_may(owner), expires_at=clock.now())
    said = text_of(as_user(owner).get("/admin/audit"))
    assert re.search(r">Today \d\d:\d\d:\d\d</time>", said)
    assert not re.search(r">[^<]*\d{4}-\d\d-\d\d", said)


def test_the_history_of_one_row_is_a_page_of_its_own(app, as_user, owner, tom, wanda):
    renamed(app, tom, to="Thomas Ridley", by=owner)
    renamed(app, wanda, to="Wanda Stone", by=owner)
    said = text_of(as_user(owner).get(f"/admin/audit?entity=user&entity_id={tom.id}"))
    assert "Thomas Ridley" in said
    assert "Wanda Stone" not in said


def test_each_filter_finds_what_it_names_and_nothing_else(app, as_user, owner, tom, wanda):
    renamed(app, tom, to="Thomas Ridley", by=owner)
    renamed(app, wanda, to="Wanda Stone", by=tom)
    with app.app_context():
        audit.note("export.made", entity="audit_event", name="everything", by=viewer_for(wanda))
        db.session.commit()
    browser = as_user(owner)
    for query, found, missed in (
        ("actor=hana", "Thomas Ridley", "Wanda Stone"),
        ("action=export.made", "everything", "Thomas Ridley"),
        ("entity=audit_event", "everything", "Thomas Ridley"),
    ):
        said = text_of(browser.get(f"/admin/audit?{query}"))
        assert found in said
        assert missed not in said.replace(f'<option value="{missed}"', "")


def test_days_are_days_at_the_business(app, as_user, owner, tom):
    """23:30 UTC on 30 June is 00:30 on 1 July in London."""
    with app.app_context():
        db.session.add(
            AuditEvent(
                at=clock.now().replace(month=6, day=30, hour=23, minute=30),
                actor="system",
                actor_name="Docket",
                entity="x",
                action="x.happened",
                entity_name="By night",
            )
        )
        db.session.commit()
    year, browser = clock.now().year, as_user(owner)
    assert "By night" in text_of(browser.get(f"/admin/audit?from={year}-07-01&to={year}-07-01"))
    assert "By night" not in text_of(browser.get(f"/admin/audit?from={year}-06-30&to={year}-06-30"))


def test_strange_filters_are_answered_calmly(as_user, owner):
    browser = as_user(owner)
    for query in (
        "from=9999-12-31&to=9999-12-31",
        "from=yesterday&to=0001-01-01",
        "entity_id=99999999999999999999999",
        "entity_id=²",
        "actor=%25_%25&after=xx",
        "request_id=%27%3B--",
    ):
        assert browser.get(f"/admin/audit?{query}").status_code == 200


def test_pages_go_on_where_the_last_one_ended(app, as_user, owner, tom):
    with app.app_context():
        for number in range(60):
            audit.note("counted", entity="number", name=f"number-{number:02}", by=viewer_for(owner))
        db.session.commit()
    browser, seen, address = as_user(owner), [], "/admin/audit?action=counted"
    while address:
        said = text_of(browser.get(address))
        seen += [word for word in (f"number-{n:02}" for n in range(60)) if word in said]
        rest = said.partition('rel="next"')[0]
        address = (
            rest.rpartition('href="')[2].rpartition('"')[0].replace("&amp;", "&") if rest != said else ""
        )
    assert sorted(seen) == [f"number-{n:02}" for n in range(60)]


def test_only_those_who_may_read_the_log_read_it(as_user, owner, tom, maya, visitor: Visitor):
    assert as_user(owner).get("/admin/audit").status_code == 200
    assert as_user(tom).get("/admin/audit").status_code == 403
    assert as_user(maya).get("/admin/audit").status_code == 404
    assert visitor.get("/admin/audit").status_code == 302


def test_a_name_with_markup_stays_text(app, as_user, owner):
    with app.app_context():
        person = factories.user("<b>Bold</b> <script>", role="warehouse")
    renamed(app, person, to="<img src=x>", by=owner)
    page = as_user(owner).get("/admin/audit").get_data(as_text=True)
    assert "<img" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET actor_name = 'Nobody'", "DELETE FROM audit_event"]
)
def test_the_log_cannot_be_rewritten(app, owner, tom, statement):
    renamed(app, tom, to="Thomas Ridley", by=owner)
    with app.app_context(), pytest.raises(DBAPIError, match="keeps history"):
        db.session.execute(text(statement))
