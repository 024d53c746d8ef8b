"""The ways in by shell: what they print, and what they return to whoever called."""

import pytest
from sqlalchemy import func, select, text

from app.core.audit import AuditEvent
from app.core.business import setting
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.schema import newest_revision
from app.operations import checks
from tests import factories
from tests.visitor import Visitor

STRONG = "walnut tractor harbour nine"


@pytest.fixture
def flask(app):
    """Run a command and give back what it said and its exit code."""

    def run(*words: str, typed: str | None = None):
        return app.test_cli_runner().invoke(args=words, input=typed)

    return run


def failed_promise(app) -> int:
    with app.app_context():
        return factories.saved(
            OutboxMessage(
                topic="accounts.mail_welcome",
                payload={},
                attempts=7,
                last_error="No such mailbox",
                dead_at=func.clock_timestamp(),
            )
        ).id


def state_of(app, message_id: int) -> str:
    with app.app_context():
        return db.session.get(OutboxMessage, message_id, populate_existing=True).state


def test_the_first_administrator_can_sign_in(app, flask, visitor: Visitor):
    typed = f"Hana@Millrace.example\nHana Whitlock\n{STRONG}\n{STRONG}\n"
    ended = flask("user", "create-admin", typed=typed)
    assert ended.exit_code == 0, ended.output
    assert STRONG not in ended.output
    assert visitor.sign_in("hana@millrace.example", STRONG).status_code == 303
    assert visitor.get("/admin/settings").status_code == 200
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "user.created")).one()
        assert (event.actor, event.entity_name) == ("system", "Hana Whitlock")


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("hana", STRONG, "Type a whole email address"),
        ("new@millrace.example", "password1234", "easy to guess"),
        ("new@millrace.example", "short", "12 characters or more"),
        ("hana.whitlock@staff.example", STRONG, "in use already"),
    ],
)
def test_an_administrator_that_cannot_be_is_refused(flask, owner, email, password, said):
    ended = flask("user", "create-admin", "--email", email, "--name", "New", "--password", password)
    assert ended.exit_code == 1
    assert said in ended.output
    assert "Traceback" not in ended.output


def test_what_was_typed_and_will_not_do_is_asked_for_again_and_nothing_else(flask, visitor: Visitor, owner):
    typed = ("hana", "Hana Whitlock", "short", "short", owner.email, STRONG, STRONG, "new@millrace.example")
    ended = flask("user", "create-admin", typed="\n".join(typed))
    assert ended.exit_code == 0, ended.output
    assert ended.output.count("Name:") == 1
    for said in ("Type a whole email address", "12 characters or more", "in use already"):
        assert ended.output.count(said) == 1
    assert visitor.sign_in("new@millrace.example", STRONG).status_code == 303


def test_check_says_ok_or_names_the_rows_and_fails(app, flask, owner):
    fine = flask("check")
    assert (fine.exit_code, fine.output.count("ok ")) == (0, len(checks.INVARIANTS))
    with app.app_context():
        db.session.execute(
            text(
                "INSERT INTO role_permission (role_id, permission) SELECT id, 'orders:eat' FROM role LIMIT 1"
            )
        )
        db.session.commit()
    wrong = flask("check")
    assert wrong.exit_code == 1
    assert "WRONG  Do roles hold only permissions that exist?" in wrong.output
    assert "holds orders:eat" in wrong.output


def test_failed_promises_are_listed_and_tried_again(app, flask):
    number = failed_promise(app)
    listed = flask("outbox", "list")
    assert str(number) in listed.output
    assert "No such mailbox" in listed.output
    assert flask("outbox", "retry", str(number)).exit_code == 0
    assert state_of(app, number) == "queued"
    again = flask("outbox", "retry", str(number))
    assert again.exit_code == 1
    assert "no longer given up" in again.output


def test_all_failed_promises_are_tried_again(app, flask):
    numbers = [failed_promise(app) for _ in range(2)]
    assert "2 will be tried again." in flask("outbox", "retry", "--all").output
    assert {state_of(app, number) for number in numbers} == {"queued"}


def test_retry_wants_to_know_what(flask):
    assert flask("outbox", "retry").exit_code == 2
    assert flask("outbox", "retry", "7", "--all").exit_code == 2
    assert flask("outbox", "retry", "7").exit_code == 1


def test_drain_works_on_what_is_due(app, flask, maya):
    with app.app_context():
        factories.saved(OutboxMessage(topic="accounts.mail_welcome", payload={"user_id": maya.id}))
    assert "1 promises worked on." in flask("outbox", "drain").output
    with app.app_context():
        assert db.session.scalars(select(OutboxMessage)).one().state == "kept"


def test_backup_and_restore_by_shell(own_app, tmp_path):
    run = own_app.test_cli_runner()
    with own_app.app_context():
        factories.user("Hana Whitlock", role="admin")
    file = str(tmp_path / "all.docket")
    made = run.invoke(args=["backup", file])
    assert made.exit_code == 0, made.output
    assert f"revision {newest_revision()}" in made.output
    with own_app.app_context():
        db.engine.dispose()
    refused = run.invoke(args=["restore", file])
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    with own_app.app_context():
        setting().name = "Changed since"
        db.session.commit()
        db.engine.dispose()
    restored = run.invoke(args=["restore", file, "--replace"])
    assert restored.exit_code == 0, restored.output
    with own_app.app_context():
        assert setting().name == "Docket"


def test_a_backup_that_is_not_there_is_one_sentence(flask, tmp_path):
    ended = flask("restore", str(tmp_path / "nothing"))
    assert ended.exit_code == 1
    assert "There is no file" in ended.output
