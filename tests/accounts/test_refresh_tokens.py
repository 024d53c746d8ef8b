"""Refresh tokens work once, and everything that ends a sign-in ends the whole chain."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from app.accounts.models import User, UserRole
from app.accounts.service import own_account, signing_out
from app.core import clock
from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from tests import factories
from tests.accounts.program import Program, code_of, opens, signed_in
from tests.factories import PASSWORD


def test_each_token_is_good_for_its_own_use_only(app: Flask, tom: User) -> None:
    program = Program(app)
    data = program.sign_in(tom)
    assert not opens(app, data["refresh_token"])
    crossed = program.post("/auth/refresh", {"refresh_token": data["access_token"]})
    assert crossed.status_code in {401, 422}
    assert program.post("/auth/refresh", {"refresh_token": data["refresh_token"]}).status_code == 200


def renewed(app: Flask, refresh_token: str) -> Any:
    return Program(app).post("/auth/refresh", {"refresh_token": refresh_token})


def test_a_refresh_token_works_once_and_its_reuse_ends_the_family(app: Flask, tom: User) -> None:
    first = Program(app).sign_in(tom)
    second = renewed(app, first["refresh_token"]).json["data"]
    assert second["refresh_token"] != first["refresh_token"]
    assert opens(app, second["access_token"])
    stolen = renewed(app, first["refresh_token"])
    assert (stolen.status_code, code_of(stolen)) == (401, "refresh_token_over")
    assert not opens(app, first["access_token"])
    assert not opens(app, second["access_token"])
    assert renewed(app, second["refresh_token"]).status_code == 401
    with app.app_context():
        assert db.session.query(AuditEvent).filter_by(action="api_session.reused").count() == 1


def test_reuse_ends_one_family_and_no_other(app: Flask, tom: User) -> None:
    phone, laptop = Program(app).sign_in(tom), Program(app).sign_in(tom)
    renewed(app, phone["refresh_token"])
    renewed(app, phone["refresh_token"])
    assert not opens(app, phone["access_token"])
    assert opens(app, laptop["access_token"])


def test_two_refreshes_at_once_have_one_winner_and_no_future(own_app: Flask) -> None:
    with own_app.app_context():
        tom = factories.user("Tom Ridley", role="order_clerk")
    for _ in range(5):
        token = Program(own_app).sign_in(tom)["refresh_token"]
        answers = at_once(8, lambda token=token: renewed(own_app, token))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] + [401] * 7
        winner = next(answer.json["data"] for answer in answers if answer.status_code == 200)
        assert not opens(own_app, winner["access_token"])
        assert renewed(own_app, winner["refresh_token"]).status_code == 401


def test_a_rotation_under_way_does_not_outlive_the_sign_out(own_app: Flask) -> None:
    with own_app.app_context():
        tom = factories.user("Tom Ridley", role="order_clerk")
    for _ in range(5):
        first = Program(own_app).sign_in(tom)
        after, _out = at_once(
            2,
            lambda first=first: renewed(own_app, first["refresh_token"]),
            lambda first=first: Program(own_app).post(
                "/auth/logout", {"refresh_token": first["refresh_token"]}
            ),
        )
        assert not opens(own_app, first["access_token"])
        if after.status_code == 200:
            assert not opens(own_app, after.json["data"]["access_token"])
            assert renewed(own_app, after.json["data"]["refresh_token"]).status_code == 401


def at_once(count: int, *works: Callable[[], Any]) -> list[Any]:
    """Real threads that start together; what each gave, in order."""
    meet, found = threading.Barrier(count, timeout=60), [None] * count

    def run(number: int) -> None:
        meet.wait()
        found[number] = works[number % len(works)]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_refresh_token_dies_of_idleness_and_of_age(app: Flask, tom: User) -> None:
    token = Program(app).sign_in(tom)["refresh_token"]
    with clock.moved(timedelta(days=14, seconds=1)):
        assert renewed(app, token).status_code == 401
    for day in range(13, 90, 13):
        with clock.moved(timedelta(days=day)):
            token = renewed(app, token).json["data"]["refresh_token"]
    with clock.moved(timedelta(days=90, seconds=1)):
        assert renewed(app, token).status_code == 401


def test_signing_out_ends_both_tokens_and_is_never_refused(app: Flask, tom: User) -> None:
    data = Program(app).sign_in(tom)
    for token in (data["refresh_token"], data["refresh_token"], "never heard of"):
        assert Program(app).post("/auth/logout", {"refresh_token": token}).status_code == 200
    assert not opens(app, data["access_token"])
    assert renewed(app, data["refresh_token"]).status_code == 401


def test_a_new_password_ends_every_program(app: Flask, tom: User) -> None:
    data = Program(app).sign_in(tom)
    by = Viewer(principal=f"user:{tom.id}", user_id=tom.id, is_staff=True)
    with app.app_context():
        own_account.change_password(
            PASSWORD,
            "another horse entirely, blue",
            by=by,
            passwords=app.extensions["passwords"],
            at=clock.now(),
        )
    assert not opens(app, data["access_token"])
    assert renewed(app, data["refresh_token"]).status_code == 401


def test_signing_out_everywhere_ends_every_program(app: Flask, tom: User) -> None:
    data = Program(app).sign_in(tom)
    with app.app_context():
        by = Viewer(principal=f"user:{tom.id}", user_id=tom.id, is_staff=True)
        signing_out.sign_out_everywhere(by=by, at=clock.now())
    assert not opens(app, data["access_token"])


@pytest.mark.parametrize("fate", [{"is_active": False}, {"deleted_at": clock.now()}])
def test_whoever_is_shut_out_is_out_at_once(app: Flask, tom: User, fate: dict[str, Any]) -> None:
    data = Program(app).sign_in(tom)
    with app.app_context():
        for name, value in fate.items():
            setattr(db.session.get(User, tom.id), name, value)
        db.session.commit()
    assert not opens(app, data["access_token"])
    assert renewed(app, data["refresh_token"]).status_code == 401


def test_a_role_that_was_taken_away_counts_at_once(app: Flask, owner: User) -> None:
    program = signed_in(app, owner)
    assert program.get("/users").status_code == 200
    with app.app_context():
        db.session.execute(delete(UserRole).where(UserRole.user_id == owner.id))
        db.session.commit()
    assert program.get("/users").status_code == 403
