"""Programs sign in as a person, and people without a password find help, at the JSON door."""

import hashlib
from typing import Any

from flask import Flask

from app.accounts.credentials import RefreshToken
from app.accounts.models import Customer, CustomerStatus, User
from app.core.database import db
from app.core.outbox import OutboxMessage
from tests import factories
from tests.accounts.program import Program, claims_of, code_of
from tests.factories import PASSWORD


def test_signing_in_gives_a_pair_and_the_access_token_opens(app: Flask, tom: User) -> None:
    program = Program(app)
    data = program.sign_in(tom)
    assert set(data) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (data["token_type"], data["expires_in"]) == ("bearer", 600)
    assert program.get("/me").json["data"]["email"] == tom.email
    claims = claims_of(data["access_token"])
    assert claims["exp"] - claims["iat"] == 600
    assert {"iss", "aud", "sub", "typ", "iat", "nbf", "exp", "jti", "fam"} <= set(claims)


def test_nothing_usable_is_stored(app: Flask, tom: User) -> None:
    data = Program(app).sign_in(tom)
    with app.app_context():
        stored = db.session.query(RefreshToken).one()
        assert stored.token_hash == hashlib.sha256(data["refresh_token"].encode()).hexdigest()


def test_a_wrong_pair_is_one_answer(app: Flask, tom: User) -> None:
    program = Program(app)
    wrong = program.post("/auth/login", {"email": tom.email, "password": "not this one at all"})
    unknown = program.post(
        "/auth/login", {"email": "nobody@staff.example", "password": "not this one at all"}
    )
    assert (wrong.status_code, code_of(wrong)) == (401, "wrong_credentials")
    assert wrong.json == unknown.json
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_the_eleventh_try_waits_even_with_the_right_password(app: Flask, tom: User) -> None:
    program = Program(app)
    for _ in range(10):
        assert program.post("/auth/login", {"email": tom.email, "password": "wrong"}).status_code == 401
    answer = program.post("/auth/login", {"email": tom.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    page = app.test_client().sign_in(tom.email)
    assert page.status_code == 429  # the same throttle at the other door


def test_an_application_that_waits_cannot_sign_in(app: Flask) -> None:
    with app.app_context():
        waiting = factories.customer("Waiting Ltd", status=CustomerStatus.APPLIED)
        user = factories.user("Walt Waite", role="buyer", of=waiting)
    answer = Program(app).post("/auth/login", {"email": user.email, "password": PASSWORD})
    assert (answer.status_code, code_of(answer)) == (422, "not_open_yet")


def test_a_cookie_opens_nothing_here(app: Flask, as_user: Any, tom: User) -> None:
    assert as_user(tom).get("/api/v1/me").status_code == 401


def test_an_application_gets_one_answer_whoever_sends_it(app: Flask, maya: User) -> None:
    sent = {
        "company": {"name": "Bramble & Co", "tax_id": "GB 1", "phone": "0113"},
        "name": "Bea Bramble",
        "email": "bea@bramble.example",
        "password": "sensible horse battery staple",
    }
    new = Program(app).post("/auth/register", sent)
    known = Program(app).post("/auth/register", sent | {"email": maya.email})
    assert (new.status_code, known.status_code) == (202, 202)
    assert new.json == known.json
    with app.app_context():
        assert db.session.query(Customer).filter_by(name="Bramble & Co").one().status == "applied"
        topics = {message.topic for message in db.session.query(OutboxMessage)}
    assert topics == {
        "accounts.mail_applied",
        "accounts.mail_application_to_desk",
        "accounts.mail_already_registered",
    }


def test_a_nested_field_is_named_by_its_path(app: Flask) -> None:
    sent = {"company": {"name": "", "vat": "x"}, "name": "B", "email": "b@b.example", "password": "p"}
    answer = Program(app).post("/auth/register", sent)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {"company.name", "company.vat"}


def test_an_easy_password_is_refused_in_words(app: Flask) -> None:
    sent = {"company": {"name": "B"}, "name": "B", "email": "b@b.example", "password": "password1234"}
    answer = Program(app).post("/auth/register", sent)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "password"


def test_a_forgotten_password_gets_one_answer_and_a_link_once(app: Flask, tom: User) -> None:
    known = Program(app).post("/auth/password/forgot", {"email": tom.email.upper()})
    unknown = Program(app).post("/auth/password/forgot", {"email": "nobody@staff.example"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json) == (202, known.json)
    link = mailed_link(app)
    sent = {"token": link, "password": "a very different phrase 7"}
    assert Program(app).post("/auth/password/reset", sent).status_code == 200
    assert Program(app).post("/auth/password/reset", sent).status_code == 422
    assert Program(app).sign_in(tom, "a very different phrase 7")


def mailed_link(app: Flask) -> str:
    from app import jobs

    with app.app_context():
        jobs.perform_all()
    secrets = [mail.secrets[0] for mail in app.extensions["gateways"].mailer.sent if mail.secrets]
    return str(secrets[-1])
