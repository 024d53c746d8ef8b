"""The worker under kill -9, a Redis that forgets, a mail server that hangs: nothing lost, nothing doubled."""

import os
import pickle
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rq import Callback, Queue

from app.queue import ERRAND
from tests.proof.tree import Bench, bench, eventually, parent_of
from tests.smtp_sink import Fault, SmtpSink, smtp_sink

pytestmark = pytest.mark.proof

MAIL, POISON = "tests.mail", "tests.poison"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as found:
        yield found


@pytest.fixture
def house(own_database: str, sink: SmtpSink, tmp_path: Path) -> Iterator[Bench]:
    with bench(own_database, sink.url, tmp_path) as found:
        yield found


def expected(count: int) -> set[str]:
    return {f"<{MAIL}-{number}@desk.example>" for number in range(1, count + 1)}


def arrived_but_not_noted(house: Bench, sink: SmtpSink) -> set[str]:
    """The one window: the server said 250, and the worker died before it could write that down."""
    with house.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT dedupe_key FROM outbox_message WHERE done_at IS NULL")
        return {f"<{key}@desk.example>" for (key,) in rows} & set(sink.times)


def doubled(sink: SmtpSink) -> set[str]:
    return {message_id for message_id, times in sink.times.items() if times > 1}


def test_killed_again_and_again_it_sends_each_mail_once(house: Bench, sink: SmtpSink) -> None:
    dice, kills, count, window = random.Random(20261121), 3, 200, set()
    sink.delay = 0.01
    house.promise(MAIL, count)
    for _ in range(kills):
        tree = house.worker()
        mark = len(sink.letters) + dice.randint(1, 40)
        eventually(lambda mark=mark: len(sink.letters) >= min(mark, count))
        tree.kill()
        time.sleep(0.2)  # what was on the wire arrives
        window |= arrived_but_not_noted(house, sink)
        house.a_minute_passes()
    sink.delay = 0.0
    house.worker()
    eventually(house.all_kept(MAIL))
    assert set(sink.times) == expected(count)
    assert doubled(sink) <= window
    assert len(window) <= 2 * kills, "one promise for each hand that was killed"


def test_a_killed_horse_a_killed_hand_and_a_killed_relay_are_replaced(house: Bench, sink: SmtpSink) -> None:
    sink.delay = 0.02
    house.promise(MAIL, 300)
    tree, window = house.worker(), set()
    for victim in ("horse", "hand", "relay", "hand"):
        mark = len(sink.letters) + 10
        eventually(lambda mark=mark: len(sink.letters) >= mark)
        horse = eventually(lambda: tree.horses)[0]
        os.kill({"horse": horse, "hand": parent_of(horse), "relay": tree.children[0]}[victim], signal.SIGKILL)
        eventually(lambda victim=victim, horse=horse: victim == "relay" or horse not in tree.pids)
        time.sleep(0.2)
        window |= arrived_but_not_noted(house, sink)
    eventually(lambda: not tree.horses and len(tree.children) == 3)
    sink.delay = 0.0
    house.a_minute_passes()
    eventually(house.all_kept(MAIL))
    assert set(sink.times) == expected(300)
    assert doubled(sink) <= window


def test_nothing_outlives_the_parent_and_the_parent_holds_no_connection(house: Bench) -> None:
    tree = house.worker()
    eventually(house.relay_is_at_work)
    eventually(house.hands_are_at_work)
    held = [str(link.readlink()) for link in Path(f"/proc/{tree.process.pid}/fd").iterdir()]
    assert [name for name in held if name.startswith("socket")] == []
    assert house.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'docket relay'") == 1
    assert house.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'docket worker'") == 0
    assert len(tree.children) == 3
    tree.kill()


def test_an_idle_worker_stops_at_once(house: Bench) -> None:
    tree = house.worker()
    eventually(house.relay_is_at_work)
    eventually(house.hands_are_at_work)
    assert tree.stop() < 4, "its hands would listen for 15 s"
    assert tree.process.returncode == 0


def test_redis_may_forget_everything_die_and_hang(house: Bench, sink: SmtpSink) -> None:
    house.promise(MAIL, 300)
    house.worker()
    for fault in ("forget", "die", "hang", "forget"):
        mark = len(sink.letters) + 20
        eventually(lambda mark=mark: len(sink.letters) >= min(mark, 300))
        if fault == "forget":
            house.valkey.client.flushall()
        elif fault == "die":
            house.valkey.kill()
            time.sleep(1.5)
            house.valkey.start()
        else:
            os.kill(house.valkey.process.pid, signal.SIGSTOP)
            time.sleep(1.5)
            os.kill(house.valkey.process.pid, signal.SIGCONT)
    eventually(house.all_kept(MAIL))
    assert set(sink.times) == expected(300)
    assert doubled(sink) == set(), "nobody was killed in the middle of a mail"


def test_asked_to_stop_during_a_slow_mail_it_hands_the_rest_back(house: Bench, sink: SmtpSink) -> None:
    sink.each, sink.pause = Fault.SLOW, 60
    house.promise(MAIL, 60)
    tree = house.worker()
    eventually(lambda: sink.begun >= 2)
    assert tree.stop() < 18
    assert "worker.child_killed" not in house.log()
    assert tree.process.returncode == 0
    assert tree.pids == []
    assert house.ask("SELECT count(*) FROM outbox_message WHERE lease_holder IS NOT NULL") == 0
    tried = house.ask("SELECT count(*) FROM outbox_message WHERE attempts > 0")
    assert tried == sink.begun == 2, "each hand gave up one mail, and 58 were handed back untouched"


def test_a_promise_that_kills_its_worker_dies_after_five_tries_and_harms_nobody(
    house: Bench, sink: SmtpSink
) -> None:
    house.promise(POISON, 1)
    house.worker()
    for attempt in range(1, 6):
        eventually(
            lambda n=attempt: house.ask("SELECT attempts FROM outbox_message WHERE topic = :t", t=POISON) == n
        )
        if attempt == 1:
            house.promise(MAIL, 50)
        house.a_minute_passes()
    eventually(house.all_kept(POISON))
    eventually(house.all_kept(MAIL))
    died = house.ask("SELECT last_error FROM outbox_message WHERE dead_at IS NOT NULL")
    assert died == "Its worker died 5 times."
    assert set(sink.times) == expected(50)


def test_what_others_write_into_redis_is_not_run(house: Bench, sink: SmtpSink) -> None:
    tree = house.worker()
    eventually(house.hands_are_at_work)
    hands, sing, touch = tree.children, Callback("tests.proof.workshop.sing"), f"touch {house.canary}"
    mail = Queue("mail", connection=house.valkey.client, serializer="json")
    mail.enqueue("os.system", touch)
    mail.enqueue(ERRAND, "tests.nothing", on_success=sing, on_failure=sing)
    mail.enqueue(ERRAND, "not", "as", "we", "ask", on_success=sing, on_failure=sing)
    Queue("mail", connection=house.valkey.client).enqueue(os.system, touch)
    disguised = mail.create_job(ERRAND, args=("tests.nothing",))
    disguised.data = pickle.dumps((os.system, None, (touch,), {}))
    mail.enqueue_job(disguised)
    eventually(lambda: mail.failed_job_registry.count == 4)
    house.promise(MAIL, 5)
    eventually(house.all_kept(MAIL))
    assert not house.canary.exists()
    assert tree.children == hands, "nobody had to be replaced"
    assert "os.system is not a job of ours" in house.log()


def test_the_thread_of_a_request_goes_through_to_the_mail_and_the_log(house: Bench, sink: SmtpSink) -> None:
    house.promise(MAIL, 1)
    house.worker()
    eventually(house.all_kept(MAIL))
    [letter] = sink.letters
    assert letter["X-Correlation-ID"] == "thread-1"
    assert '"correlation_id": "thread-1"' in house.log()
