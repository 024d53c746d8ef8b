"""Messages and background jobs: what was sent, what waits, what was given up, and another try."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import outbox
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.resilience import RedisBreaker, redis_client
from app.core.schedules import Pulse
from app.core.transaction import in_one_transaction
from app.jobs import perform_all
from app.operations import states
from app.operations.queries import messages as queries
from app.operations.queues import executor
from tests import factories

NOW = func.clock_timestamp()
SENT = {
    "to": "maya@copperkettle.example",
    "subject": "Welcome",
    "text": "Dear Maya <b>\nhttps://desk.example/invite/a1?b=c&d. javascript:alert(1) http://x.example/reset/…",
    "html": "<p>",
    "message_id": "<1@x>",
}
STATES: dict[str, dict[str, Any]] = {
    "queued": {},
    "waiting": {"attempts": 1, "last_error": "The server slept"},
    "failed": {"attempts": 7, "last_error": "No such mailbox", "dead_at": NOW},
    "sent": {"attempts": 1, "done_at": NOW, "sent": SENT},
    "kept": {"attempts": 1, "done_at": NOW, "sent": SENT | {"left": False}},
    "done": {"attempts": 1, "done_at": NOW},
}


@pytest.fixture
def promised(app):
    """A promise in this state."""

    def make(state: str, **more: Any) -> int:
        with app.app_context():
            row = {"topic": "accounts.mail_welcome", "payload": {"customer_id": 7}} | STATES[state] | more
            return factories.saved(OutboxMessage(**row)).id

    return make


def found(message_id: int) -> OutboxMessage:
    return db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.id == message_id).execution_options(populate_existing=True)
    ).one()


def said_by(page) -> str:
    assert page.status_code == 200
    return page.get_data(as_text=True)


def test_each_state_has_its_own_list(as_user, owner, promised):
    numbers = {state: promised(state) for state in STATES}
    browser = as_user(owner)
    for state, number in numbers.items():
        page = said_by(browser.get(f"/admin/messages?state={state}"))
        assert f"/admin/messages/{number}" in page
        for other in numbers.values():
            assert other == number or f'"/admin/messages/{other}"' not in page


def test_each_state_is_explained_in_the_list_and_on_the_page_of_a_message(as_user, owner, promised):
    numbers, browser = {name: promised(name) for name in STATES}, as_user(owner)
    everything = said_by(browser.get("/admin/messages"))
    for name, state in states.STATES.items():
        alone = said_by(browser.get(f"/admin/messages?state={name}"))
        page = said_by(browser.get(f"/admin/messages/{numbers[name]}"))
        for said in (everything, alone, page):
            assert state.meaning in unescape(said)
    assert set(states.STATES) == set(queries.STATES) == set(STATES)


def test_a_mail_is_kept_without_a_mail_server_and_never_called_sent(app, as_user, owner, maya):
    with app.app_context():
        in_one_transaction(lambda: outbox.promise("accounts.mail_password_changed", user_id=maya.id))
        perform_all()
        number = db.session.scalar(select(OutboxMessage.id))
        assert found(number).state == "kept"
    page = said_by(as_user(owner).get(f"/admin/messages/{number}"))
    assert ">Kept</span>" in page
    assert "Sent" not in page
    assert "Kept here, not sent to" in said_by(as_user(maya).get(f"/account/emails/{number}"))


def test_web_addresses_in_a_mail_can_be_followed_and_nothing_else_in_it(app, as_user, owner, maya, promised):
    number = promised("sent", user_id=maya.id)
    link = '<a href="https://desk.example/invite/a1?b=c&amp;d" rel="noreferrer">'
    for page in (
        said_by(as_user(owner).get(f"/admin/messages/{number}")),
        said_by(as_user(maya).get(f"/account/emails/{number}")),
    ):
        letter = page.partition('<pre class="letter"')[2].partition("</pre>")[0]
        assert (letter.count("<a "), link in letter) == (1, True)
        assert "javascript:alert(1) http://x.example/reset/…" in letter


def test_the_facts_name_the_recipient_once(as_user, owner, promised):
    sent = SENT | {"to": "ben@northgatedeli.example"}
    number = promised("sent", payload={"email": sent["to"]}, sent=sent)
    page = said_by(as_user(owner).get(f"/admin/messages/{number}"))
    assert page.count("northgatedeli.example") == 1


def test_without_a_mail_server_nobody_is_left_to_believe_that_mail_leaves(as_user, owner):
    assert "No mail server is set" in said_by(as_user(owner).get("/admin/messages"))


def test_a_promise_without_a_mail_is_never_called_sent(app, promised):
    number = promised("done")
    with app.app_context():
        assert found(number).state == "done"
        assert db.session.scalar(
            select(func.count()).where(OutboxMessage.id == number, OutboxMessage.sent.is_(None))
        )


def test_messages_are_found_by_their_recipient_and_by_topic(as_user, owner, promised):
    mayas = promised("sent")
    bens = promised("queued", topic="accounts.mail_reset", payload={"email": "ben@northgatedeli.example"})
    browser = as_user(owner)
    for query, there, absent in (
        ("q=copperkettle", mayas, bens),
        ("q=BEN@", bens, mayas),
        ("topic=accounts.mail_reset", bens, mayas),
    ):
        page = said_by(browser.get(f"/admin/messages?{query}"))
        assert f'"/admin/messages/{there}"' in page
        assert f'"/admin/messages/{absent}"' not in page


def test_a_mail_is_shown_as_it_was_sent(as_user, owner, promised):
    page = said_by(as_user(owner).get(f"/admin/messages/{promised('sent')}"))
    assert "Dear Maya &lt;b&gt;" in page
    assert "maya<wbr>@copperkettle.example" in page


def test_a_promise_that_was_given_up_gets_another_try(app, as_user, owner, promised):
    number = promised("failed")
    browser = as_user(owner)
    assert "No such mailbox" in said_by(browser.get(f"/admin/messages/{number}"))
    assert browser.submit(f"/admin/messages/{number}/try").status_code == 303
    with app.app_context():
        row = found(number)
        assert (row.state, row.attempts) == ("queued", 0)
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "message.tried_again")).one()
        assert (event.entity, event.entity_id, event.actor_name) == ("outbox_message", number, owner.name)


def test_asking_twice_for_another_try_changes_nothing_more(app, as_user, owner, promised):
    number = promised("failed")
    browser = as_user(owner)
    browser.submit(f"/admin/messages/{number}/try")
    assert browser.submit(f"/admin/messages/{number}/try").status_code == 409
    with app.app_context():
        events = select(func.count()).where(AuditEvent.action == "message.tried_again")
        assert db.session.scalar(events) == 1


def test_all_failed_promises_are_tried_again_together(app, as_user, owner, promised):
    failed, sent = [promised("failed") for _ in range(3)], promised("sent")
    assert as_user(owner).submit("/admin/jobs/try-all").status_code == 303
    with app.app_context():
        assert {found(number).state for number in failed} == {"queued"}
        assert found(sent).state == "sent"


def test_a_sent_mail_is_sent_again_as_a_new_promise_and_only_once(app, as_user, owner, promised):
    number = promised("sent", dedupe_key="welcome:7")
    browser = as_user(owner)
    for _ in range(2):
        answer = browser.submit(f"/admin/messages/{number}/send", once="a-token-of-this-page")
        assert answer.status_code == 303
    with app.app_context():
        later = db.session.scalars(select(OutboxMessage).where(OutboxMessage.id > number)).one()
        assert (later.topic, later.payload, later.state) == (
            "accounts.mail_welcome",
            {"customer_id": 7},
            "queued",
        )
        assert later.dedupe_key not in {None, "welcome:7"}
        assert found(number).state == "sent"


def test_a_mail_to_a_person_is_promised_to_them_again(app, as_user, owner, promised):
    facts = {"payload": {"user_id": owner.id}, "user_id": owner.id, "about": "order:7"}
    number = promised("sent", **facts)
    assert as_user(owner).submit(f"/admin/messages/{number}/send").status_code == 303
    with app.app_context():
        later = db.session.scalars(select(OutboxMessage).where(OutboxMessage.id > number)).one()
        assert {name: getattr(later, name) for name in facts} == facts


def test_what_was_not_sent_cannot_be_sent_again(as_user, owner, promised):
    assert as_user(owner).submit(f"/admin/messages/{promised('done')}/send").status_code == 422


def test_a_message_that_does_not_exist_is_not_found(as_user, owner):
    browser = as_user(owner)
    assert browser.get("/admin/messages/999999").status_code == 404
    assert browser.submit("/admin/messages/999999/try").status_code == 404


@pytest.mark.parametrize("path", ["/admin/messages", "/admin/jobs", "/admin/settings"])
def test_only_those_who_may_change_settings_look_inside(as_user, tom, maya, path):
    assert as_user(tom).get(path).status_code == 403
    assert as_user(maya).get(path).status_code == 404


def test_the_jobs_page_counts_what_waits_by_topic(as_user, owner, promised):
    promised("failed", topic="accounts.mail_reset")
    promised("waiting", topic="accounts.mail_invite")
    page = said_by(as_user(owner).get("/admin/jobs"))
    assert "accounts.mail_reset" in page
    assert "accounts.mail_invite" in page
    assert "No such mailbox" in page


def test_jobs_are_called_by_words_and_one_that_nobody_knows_by_its_topic(as_user, owner, promised):
    number = promised("failed", topic="accounts.mail_reset")
    promised("failed", topic="warehouse.forgotten")
    browser = as_user(owner)
    for path in ("/admin/jobs", "/admin/messages"):
        page = said_by(browser.get(path))
        assert '<span title="accounts.mail_reset">Email to reset a password</span>' in page
        assert ">warehouse.forgotten</span>" in page
    assert "<h1>Email to reset a password</h1>" in said_by(browser.get(f"/admin/messages/{number}"))


def test_the_schedule_says_how_often_and_when_next(as_user, owner):
    page = said_by(as_user(owner).get("/admin/jobs"))
    assert "Check the book" in page
    assert "Every day at 03:40" in page
    assert "Times are those of Europe/London." in page
    assert "Every hour" in page
    assert "Not yet" in page


@pytest.mark.parametrize(
    ("silence", "words"),
    [
        (None, "No worker seen yet"),
        (timedelta(seconds=2), "Working, last seen 2 s ago"),
        (timedelta(minutes=5, seconds=9), "No worker seen for 5 minutes"),
        (timedelta(hours=1, seconds=9), "No worker seen for 1 hour"),
    ],
)
def test_the_jobs_page_says_whether_a_worker_lives(app, as_user, owner, silence, words):
    if silence is not None:
        with app.app_context():
            factories.saved(Pulse(name="relay", at=NOW - silence))
    page = said_by(as_user(owner).get("/admin/jobs"))
    assert words in page
    assert words not in "".join(re.findall(r"<p>.*?</p>", page)), "it stands by itself, not in a sentence"
    assert ("<code>flask worker</code>" in page) == words.startswith("No worker")


def test_the_jobs_page_says_that_nothing_is_lost_while_redis_is_away(app, as_user, owner, promised):
    promised("queued")
    gateways = app.extensions["gateways"]
    asked = gateways.redis.client
    gateways.redis.client = redis_client("redis://127.0.0.1:25999/0")
    try:
        page = said_by(as_user(owner).get("/admin/jobs"))
    finally:
        gateways.redis.client, gateways.redis._rest_until = asked, 0.0
    assert "Redis does not answer" in page
    assert "accounts.mail_welcome" in page


def test_queues_and_workers_are_those_redis_knows(app):
    from rq import Queue, SimpleWorker

    client = app.extensions["gateways"].redis.client
    queue = Queue("mail", connection=client)
    queue.enqueue("builtins.print", "never run")
    worker = SimpleWorker([queue], connection=client, name="first-hand")
    worker.register_birth()
    try:
        seen = executor(RedisBreaker(client))
        assert ("mail", 1, 0) in seen.lanes
        assert [(hand.name, hand.lanes) for hand in seen.hands] == [("first-hand", "mail")]
    finally:
        worker.register_death()
        queue.delete()
