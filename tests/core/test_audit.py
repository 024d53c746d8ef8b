"""The audit log as it is written: with the change or not at all, what changed, who did it, and no secrets."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.core import audit
from app.core.access import ANONYMOUS, SYSTEM, Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import in_one_transaction, use_case
from tests.factories import PASSWORD
from tests.visitor import Visitor

HANA = Viewer(principal="user:1", name="Hana Whitlock", user_id=1, is_staff=True)


def events(action: str) -> list[AuditEvent]:
    return list(
        db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id))
    )


def changed(person: User, by: Viewer = HANA, **values: object) -> AuditEvent:
    """As a use case does it: the row changes, and the log is told in the same transaction."""

    def change() -> None:
        row = db.session.get_one(User, person.id)
        for name, value in values.items():
            setattr(row, name, value)
        audit.record("user.edited", row, by=by)

    in_one_transaction(change)
    return events("user.edited")[-1]


def test_what_changed_is_told_from_what_to_what(context: Flask, tom: User) -> None:
    event = changed(tom, name="Thomas Ridley", phone="0113", is_active=False)
    assert event.diff == {
        "name": ["Tom Ridley", "Thomas Ridley"],
        "phone": ["", "0113"],
        "is_active": [True, False],
    }


def test_what_stayed_the_same_is_not_told(context: Flask, tom: User) -> None:
    assert changed(tom, name="Tom Ridley", phone="", updated_by=7).diff == {}


def test_of_a_secret_only_that_it_changed(context: Flask, tom: User) -> None:
    event = changed(tom, password_hash="$argon2id$of-the-new-one")
    assert event.diff == {"password_hash": ["…", "…"]}


def test_it_says_who_did_it_to_what(context: Flask, tom: User, maya: User) -> None:
    event = changed(tom, name="Thomas")
    assert (event.actor, event.actor_name) == ("user:1", "Hana Whitlock")
    assert (event.entity, event.entity_id, event.entity_name) == ("user", tom.id, "Thomas")
    assert event.on_behalf_of is None
    assert changed(maya, name="M").on_behalf_of == maya.customer_id, "ours acted for a customer"
    herself = Viewer(principal=f"user:{maya.id}", name="M", user_id=maya.id, customer_id=maya.customer_id)
    assert changed(maya, by=herself, name="Maya").on_behalf_of is None


def test_nobody_and_the_house_itself_have_names_too(context: Flask, tom: User) -> None:
    assert changed(tom, by=ANONYMOUS, name="T").actor == "anonymous"
    assert (changed(tom, by=SYSTEM, name="Tom").actor, events("user.edited")[-1].actor_name) == (
        "system",
        "Docket",
    )


def test_a_change_that_did_not_happen_is_not_in_the_log(context: Flask, tom: User) -> None:
    @use_case
    def change_and_refuse() -> None:
        row = db.session.get_one(User, tom.id)
        row.name = "Thomas"
        audit.record("user.edited", row, by=HANA)
        audit.note("export.made", entity="user", name="all of them", by=HANA)
        raise Refused("Somebody changed their mind.")

    with pytest.raises(Refused):
        change_and_refuse()
    assert events("user.edited") == events("export.made") == []
    assert db.session.get_one(User, tom.id).name == "Tom Ridley"


def test_a_row_that_is_new_has_its_number_in_the_log(context: Flask) -> None:
    person = User(email="ida@x.example", name="Ida Hall", kind="staff", prefs={}, email_verified_at=None)

    def add() -> None:
        db.session.add(person)
        audit.record("user.invited", person, by=HANA)

    in_one_transaction(add)
    [event] = events("user.invited")
    assert (event.entity_id, event.diff["name"]) == (person.id, [None, "Ida Hall"])
    assert "email_verified_at" not in event.diff, "what is empty from the start is no news"


def test_a_long_name_is_cut_and_not_refused(context: Flask, tom: User) -> None:
    in_one_transaction(lambda: audit.note("x.happened", entity="x", name="n" * 500, by=HANA))
    assert events("x.happened")[0].entity_name == "n" * 200


def test_a_page_leaves_its_address_and_its_thread(
    app: Flask, as_user: Callable[[User], Visitor], maya: User
) -> None:
    here = as_user(maya)
    sent = {"current": PASSWORD, "password": "seven brown geese over leeds"}
    here.submit("/account/password", headers={"X-Correlation-ID": "tests-reference-1"}, **sent)
    with app.app_context():
        [event] = events("user.password_changed")
    assert (event.actor, event.address, event.request_id) == (
        f"user:{maya.id}",
        "127.0.0.1",
        "tests-reference-1",
    )
    assert sent["password"] not in str(event.diff)
