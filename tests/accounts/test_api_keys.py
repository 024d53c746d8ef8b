"""API keys at the JSON door: scoped, bound, revocable, and worth nothing to whoever reads the database."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.accounts.models import Customer, User
from app.accounts.service import keys, people
from app.core import clock, outbox
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.transaction import in_one_transaction
from tests import factories
from tests.accounts.program import Program, code_of, signed_in

MakeKey = Callable[..., str]


@pytest.fixture
def make_key(app: Flask) -> MakeKey:
    """A key as an administrator makes one; its text."""

    def make(*permissions: str, customer: Customer | None = None, expires_at: datetime | None = None) -> str:
        with app.app_context():
            found = customer.id if customer else None
            permissions = permissions or ("users:write",)
            _, text = factories.api_key(*permissions, customer_id=found, expires_at=expires_at, by=SYSTEM)
        return text

    return make


def only_key(app: Flask) -> ApiKey:
    with app.app_context():
        return db.session.query(ApiKey).one()


def status(app: Flask, credential: str, path: str = "/users") -> int:
    return Program(app, credential).get(path).status_code


def test_a_key_opens_what_it_was_made_for(app: Flask, make_key: MakeKey, maya: User) -> None:
    key = make_key("users:write")
    assert Program(app, key).get("/users").json["data"]["total"] == 1
    assert status(app, make_key("orders:read")) == 403


def test_a_key_follows_its_makers_roles_with_the_next_request(app: Flask) -> None:
    with app.app_context():
        helen = factories.user("Helen Park", role="admin")
        maker = Viewer(principal="", user_id=helen.id, is_staff=True, permissions=frozenset({"admin"}))
        _, text = factories.api_key("users:write", by=maker)
    assert status(app, text) == 200
    with app.app_context():
        by = Viewer(principal="", is_staff=True, permissions=frozenset({"admin"}))
        facts = {"name": helen.name, "email": helen.email, "phone": "", "version": 1}
        factories.user("Second Admin", role="admin")
        people.edit(helen.id, **facts, roles=["order_clerk"], by=by)
    assert status(app, text) == 403


def test_a_key_of_a_customer_sees_that_customer_only(
    app: Flask, make_key: MakeKey, maya: User, ben: User, copper_kettle: Customer
) -> None:
    program = Program(app, make_key("users:write", customer=copper_kettle))
    assert [user["name"] for user in program.get("/users").json["data"]["items"]] == [maya.name]
    assert program.get(f"/users/{ben.id}").status_code == 404
    sent = {"code": "x1", "name": "X", "kind": "buyer", "permissions": ["orders:read"]}
    assert program.post("/roles", sent).status_code == 404


def test_a_key_is_not_a_person(app: Flask, make_key: MakeKey) -> None:
    answer = Program(app, make_key()).get("/me")
    assert (answer.status_code, code_of(answer)) == (403, "forbidden")


def test_only_a_fingerprint_is_kept(app: Flask, make_key: MakeKey) -> None:
    text = make_key()
    prefix, secret = key_text.parse(text) or ("", "")
    kept = only_key(app)
    assert (kept.prefix, kept.secret_hash) == (prefix, hashlib.sha256(secret.encode()).hexdigest())
    assert secret not in str(vars(kept))


def test_a_key_with_one_letter_changed_is_no_key(app: Flask, make_key: MakeKey) -> None:
    text = make_key()
    for place in range(len(text)):
        other = text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :]
        assert key_text.parse(other) is None
    assert status(app, text[:-1]) == 401
    assert status(app, text + "0") == 401


def test_the_right_prefix_with_another_secret_opens_nothing(app: Flask, make_key: MakeKey) -> None:
    mine, other = make_key(), key_text.grown_from("elsewhere", secret_key="of somebody else")
    prefix, _ = key_text.parts_of(mine)
    other_prefix, secret = key_text.parts_of(other)
    forged = f"dk_{prefix}_{secret}{key_text._checksum(prefix, secret)}"
    assert key_text.parse(forged) == (prefix, secret)
    assert status(app, forged) == 401
    assert status(app, other) == 401
    assert status(app, mine) == 200
    assert other_prefix != prefix


def test_a_revoked_key_is_dead_on_the_next_request(app: Flask, make_key: MakeKey) -> None:
    text = make_key()
    assert status(app, text) == 200
    with app.app_context():
        keys.revoke(only_key(app).id, by=SYSTEM, at=clock.now())
    assert status(app, text) == 401


def test_a_key_expires(app: Flask, make_key: MakeKey) -> None:
    text = make_key(expires_at=clock.now() + timedelta(hours=1))
    assert status(app, text) == 200
    with clock.moved(timedelta(hours=1, seconds=1)):
        assert status(app, text) == 401


@pytest.mark.parametrize("name", ["api_key", "key", "access_token", "token"])
def test_a_key_in_the_address_is_refused(app: Flask, make_key: MakeKey, name: str) -> None:
    text = make_key()
    assert Program(app).get(f"/users?{name}={text}").status_code == 401
    assert Program(app, text).get(f"/users?{name}={text}").status_code == 422


def test_other_schemes_open_nothing(app: Flask, make_key: MakeKey) -> None:
    text = make_key()
    for value in (text, f"Basic {text}", f"Token {text}", f"Bearer{text}", "Bearer", "Bearer ", f"dk {text}"):
        answer = app.test_client().get("/api/v1/users", headers={"Authorization": value})
        assert answer.status_code == 401, value
    lower = app.test_client().get("/api/v1/users", headers={"Authorization": f"bearer {text}"})
    assert lower.status_code == 200


def test_last_use_is_kept_to_the_minute(app: Flask, make_key: MakeKey) -> None:
    text = make_key()
    version = only_key(app).version
    assert only_key(app).last_used_at is None
    status(app, text)
    first = only_key(app).last_used_at
    assert first is not None
    with clock.moved(timedelta(seconds=50)):
        status(app, text)
    assert only_key(app).last_used_at == first
    with clock.moved(timedelta(seconds=61)):
        status(app, text)
    assert only_key(app).last_used_at > first
    assert only_key(app).version == version


def test_a_key_whose_row_is_locked_still_opens(own_app: Flask) -> None:
    with own_app.app_context():
        key, text = factories.api_key("users:write", by=SYSTEM)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with own_app.app_context():
            db.session.query(ApiKey).filter_by(id=key.id).with_for_update().one()
            locked.set()
            done.wait(10)
            db.session.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(5)
    try:
        began = clock.now()
        assert status(own_app, text) == 200
        assert clock.now() - began < timedelta(seconds=1)
    finally:
        done.set()
        holder.join()


@pytest.fixture
def everybody(maya: User, ben: User, tom: User, owner: User) -> list[User]:
    return [maya, ben, tom, owner]


def test_a_job_is_shown_to_its_owner_and_to_who_looks_after_jobs(
    app: Flask, make_key: MakeKey, everybody: list[User]
) -> None:
    def promised(user_id: int | None) -> int:
        in_one_transaction(lambda: outbox.promise("accounts.mail_verify", user_id=user_id))
        return int(db.session.query(db.func.max(OutboxMessage.id)).scalar())

    with app.app_context():
        hers, nobodys = promised(everybody[0].id), promised(None)

    def seen(program: Program, job_id: int) -> int:
        return program.get(f"/jobs/{job_id}").status_code

    people = {user.name: signed_in(app, user) for user in everybody}
    shown = {name: (seen(program, hers), seen(program, nobodys)) for name, program in people.items()}
    assert shown == {
        "Maya Osei": (200, 404),
        "Ben Farrow": (404, 404),
        "Tom Ridley": (404, 404),
        "Hana Whitlock": (200, 200),
    }
    assert seen(Program(app, make_key("orders:read")), nobodys) == 404
    assert seen(Program(app, make_key("settings:write")), nobodys) == 200
    job = people["Maya Osei"].get(f"/jobs/{hers}").json["data"]
    assert list(job) == ["id", "topic", "state", "attempts", "created_at", "done_at"]
    assert (job["state"], job["attempts"], job["done_at"]) == ("queued", 0, None)
