"""A question that goes straight to the driver fails as any other statement does."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.database import db
from app.core.questions import Question
from tests import statements

TWICE = Question(select((literal(2) * bindparam("number", type_=db.Integer)).label("twice")))
SLEEP = Question(select(func.pg_sleep(30), bindparam("typed", type_=db.String)))


def test_a_question_is_put_into_words_once_and_answers_by_name(context):
    with statements.noted() as asked:
        answers = [TWICE.ask(number=number).one().twice for number in (3, 4)]
    assert answers == [6, 8]
    assert len(set(asked)) == 1


def test_a_question_that_takes_too_long_is_an_error_that_hides_what_was_typed(own_app: Flask):
    with own_app.app_context():
        db.session.execute(text("SET statement_timeout = 50"))
        with pytest.raises(OperationalError) as caught:
            SLEEP.ask(typed="a secret that somebody typed")
        assert "secret" not in str(caught.value)
        assert not caught.value.connection_invalidated


def test_without_a_session_it_borrows_a_connection_and_gives_it_back(own_app: Flask):
    with own_app.app_context():
        pool = db.engine.pool
        assert TWICE.ask(number=21).one().twice == 42
        assert (pool.checkedout(), db.session.registry.has()) == (0, False)
        with pytest.raises(DBAPIError) as caught:
            Question(select(func.pg_terminate_backend(func.pg_backend_pid()))).ask()
        assert caught.value.connection_invalidated
        assert TWICE.ask(number=4).one().twice == 8
        assert pool.checkedout() == 0


def test_within_a_unit_of_work_it_sees_what_is_not_committed_yet(own_app: Flask):
    count = Question(select(func.count()).select_from(text("setting")))
    with own_app.app_context():
        before = count.ask().one()[0]
        db.session.execute(text("DELETE FROM setting"))
        assert (before, count.ask().one()[0]) == (1, 0)


def test_a_connection_that_broke_under_a_question_is_used_no_more(own_app: Flask):
    with own_app.app_context():
        backend = db.session.scalar(select(func.pg_backend_pid()))
        with db.engine.connect() as other:
            other.execute(select(func.pg_terminate_backend(backend)))
        with pytest.raises(DBAPIError) as caught:
            TWICE.ask(number=1)
        assert caught.value.connection_invalidated
        db.session.rollback()
        assert TWICE.ask(number=21).one().twice == 42


def test_a_server_that_is_away_fails_like_any_other_statement(
    own_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    with own_app.app_context():
        db.engine.dispose()
        monkeypatch.setattr(db.engine.pool, "_creator", lambda *_: psycopg.connect("host=/nowhere"))
        with pytest.raises(OperationalError) as caught:
            TWICE.ask(number=1)
        assert caught.value.connection_invalidated
