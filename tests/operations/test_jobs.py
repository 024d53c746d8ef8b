"""How a promise is kept: what counts as a try, what does not, and what is given up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.core import leases, outbox
from app.core.correlation import correlation_id
from app.core.database import db
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.core.smtp import SmtpMailer
from app.core.transaction import in_one_transaction
from app.gateways import Gateways
from app.jobs import JOBS, MAIL_PAUSES, Job, perform, perform_all
from app.queue import LANES
from tests.smtp_sink import Fault, SmtpSink, smtp_sink
from tests.visitor import Visitor

TOPIC = "tests.job"
Run = Callable[[OutboxMessage], Mail | None]


@pytest.fixture
def sink(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    """A mail server, and the application writes to it."""
    usual: Gateways = context.extensions["gateways"]
    with smtp_sink() as found:
        mailer = SmtpMailer(found.url, sender="desk@millrace.example", reply_to=None)
        monkeypatch.setitem(context.extensions, "gateways", replace(usual, mailer=mailer))
        yield found


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def give(run: Run, **how: object) -> None:
        monkeypatch.setitem(JOBS, TOPIC, Job(run, "Do what the test wants", **how))

    return give


@pytest.fixture
def mail_job(job: Callable[..., None]) -> None:
    job(a_mail, lane="mail", seconds=45, pauses=MAIL_PAUSES)


def a_mail(message: OutboxMessage) -> Mail:
    return Mail(
        to="maya@copperkettle.example",
        subject="Your order",
        text="It is on its way.",
        html="<p>It is on its way.</p>",
        message_id=f"<promise-{message.id}@desk.example>",
        correlation_id=message.correlation_id,
    )


def promise(count: int = 1, topic: str = TOPIC) -> list[OutboxMessage]:
    in_one_transaction(lambda: [outbox.promise(topic, number=number) for number in range(count)])
    return promised()


def promised() -> list[OutboxMessage]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def all_pauses_pass() -> None:
    an_hour_ago = {"not_before": OutboxMessage.created_at, "lease_until": None, "lease_holder": None}
    in_one_transaction(lambda: db.session.execute(update(OutboxMessage).values(an_hour_ago)))


def test_a_kept_promise_is_done_and_the_mail_is_kept_with_it(sink: SmtpSink, mail_job: None) -> None:
    promise(3)
    assert perform(TOPIC) == 3
    assert [row.state for row in promised()] == ["sent"] * 3
    assert promised()[0].sent["subject"] == "Your order"
    assert len(sink.letters) == 3
    assert perform(TOPIC) == 0


def test_later_is_tried_again_eight_times_in_a_day_and_then_given_up(sink: SmtpSink, mail_job: None) -> None:
    sink.each = Fault.LATER
    promise()
    pauses = []
    for attempt in range(1, 9):
        assert perform(TOPIC) == 1
        [row] = promised()
        assert row.attempts == attempt
        pauses.append(db.session.scalar(text("SELECT not_before - clock_timestamp() FROM outbox_message")))
        all_pauses_pass()
    assert row.state == "failed"
    assert row.last_error == "MailDelayed: 451 come back later"
    minutes = [round(pause.total_seconds() / 60) for pause in pauses[:-1]]
    assert minutes == [1, 5, 30, 120, 480, 480, 300]
    assert sum(minutes) < 24 * 60
    assert perform(TOPIC) == 0


def test_never_is_given_up_at_once_and_the_others_go_out(sink: SmtpSink, mail_job: None) -> None:
    sink.faults.extend([None, Fault.NEVER])
    promise(3)
    perform(TOPIC)
    assert [row.state for row in promised()] == ["sent", "failed", "sent"]
    assert promised()[1].last_error == "550 no such person"


def test_a_long_outage_costs_no_tries_and_all_go_out_after_it(
    context: Flask, sink: SmtpSink, mail_job: None
) -> None:
    sink.close()
    promise(30)
    for _ in range(40):
        perform(TOPIC)
        assert in_one_transaction(leases.due_topics) == {}, "the topic rests"
        all_pauses_pass()
    assert {row.attempts for row in promised()} == {0}
    assert "mail server" in promised()[0].last_error
    sink.open()
    context.extensions["gateways"].mailer.breaker.half_open()
    assert perform_all() == 30
    assert len(sink.letters) == 30
    assert {row.last_error for row in promised()} == {None}


def test_how_work_ended_is_told_with_the_figures(sink: SmtpSink, mail_job: None, visitor: Visitor) -> None:
    sink.faults.extend([None, Fault.LATER, Fault.NEVER])
    promise(4)
    perform(TOPIC)
    promise(1)
    perform(TOPIC)
    promise(topic="tests.unknown")
    perform("tests.unknown")
    said = visitor.get("/metrics").get_data(as_text=True)
    for outcome, topic, times in (
        ("sent", TOPIC, 3),
        ("failed", TOPIC, 1),
        ("dead", TOPIC, 1),
        ("dead", "tests.unknown", 1),
    ):
        labels = f'{{outcome="{outcome}",topic="{topic}"}}'
        assert f"jobs_total{labels} {times}.0\n" in said
        assert f"job_duration_seconds_count{labels} {times}.0\n" in said
    assert 'outcome="done"' not in said


def test_a_figure_that_cannot_be_written_harms_no_promise(own_app: Flask, job: Callable[..., None]) -> None:
    job(lambda message: None)
    with own_app.app_context():
        in_one_transaction(lambda: db.session.execute(text("DROP TABLE tally")))
        promise(3)
        assert perform(TOPIC) == 3
        assert {row.state for row in promised()} == {"done"}


def test_draining_ends_when_the_mail_server_is_away(sink: SmtpSink, mail_job: None) -> None:
    sink.close()
    promise(5)
    assert perform_all() == 0


def test_a_lost_answer_counts_and_waits(sink: SmtpSink, mail_job: None) -> None:
    sink.faults.append(Fault.SWALLOWED)
    promise()
    perform(TOPIC)
    [row] = promised()
    assert (row.state, row.attempts) == ("waiting", 1)
    all_pauses_pass()
    perform(TOPIC)
    assert set(sink.times.values()) == {2}, "the second carries the same Message-ID"


def test_no_transaction_is_open_while_a_server_is_spoken_to(
    context: Flask, job: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watching:
        keeps_secrets = delivers = True
        open_ones: list[bool] = []

        def connected(self) -> "Watching":
            return self

        def __enter__(self) -> "Watching":
            return self

        def __exit__(self, *_: object) -> None: ...

        def send(self, mail: Mail) -> None:
            self.open_ones.append(db.session.registry().in_transaction())

    usual: Gateways = context.extensions["gateways"]
    watching = replace(usual, mailer=Watching())
    monkeypatch.setitem(context.extensions, "gateways", watching)

    def reads_and_writes(message: OutboxMessage) -> Mail:
        db.session.scalar(select(OutboxMessage.id))
        return a_mail(message)

    job(reads_and_writes)
    promise()
    perform(TOPIC)
    assert Watching.open_ones == [False]


def test_a_job_that_takes_too_long_is_cut_short_even_in_a_query(
    own_app: Flask, job: Callable[..., None]
) -> None:
    def sleep(_message: OutboxMessage) -> None:
        db.session.execute(text("SELECT pg_sleep(30)"))

    job(sleep, seconds=1)
    with own_app.app_context():
        promise()
        perform(TOPIC)
        [row] = promised()
    assert row.state == "waiting"
    assert row.last_error == "OutOfTime: It took too long and was cut short."


def test_a_promise_that_nobody_knows_is_given_up(context: Flask) -> None:
    promise(topic="tests.unknown")
    perform("tests.unknown")
    [row] = promised()
    assert (row.state, row.last_error) == ("failed", "LookupError: No job is called tests.unknown.")


def test_a_job_takes_up_the_thread_of_its_request(context: Flask, job: Callable[..., None]) -> None:
    seen: list[str | None] = []
    job(lambda message: seen.append(correlation_id()))
    promise()
    in_one_transaction(
        lambda: db.session.execute(update(OutboxMessage).values(correlation_id="request-0001"))
    )
    perform(TOPIC)
    assert seen == ["request-0001"]


def test_a_topic_that_kills_its_worker_is_given_up_after_its_tries(
    context: Flask, job: Callable[..., None]
) -> None:
    job(lambda message: None)
    promise()
    in_one_transaction(lambda: db.session.execute(update(OutboxMessage).values(attempts=5)))
    perform(TOPIC)
    [row] = promised()
    assert (row.state, row.last_error) == ("failed", "Its worker died 5 times.")


def test_every_job_may_take_less_than_its_lease_and_has_a_lane_and_words_of_its_own(context: Flask) -> None:
    for topic, known in JOBS.items():
        assert known.lease > timedelta(seconds=known.seconds), topic
        assert known.lane in LANES, topic
    assert len({known.words for known in JOBS.values() if known.words}) == len(JOBS)
