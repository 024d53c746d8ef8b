"""Programs sign in as a person: access tokens that cannot be forged, refresh tokens that work once."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import delete

from app.accounts.access_tokens import AccessTokens
from app.accounts.credentials import RefreshToken
from app.accounts.models import Customer, CustomerStatus, User, UserRole
from app.accounts.service import own_account, signing_in
from app.core import clock
from app.core.access import Viewer
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.tokens import derived_token
from tests import factories
from tests.accounts.program import Program, code_of, signed_in
from tests.conftest import SECRET_KEY
from tests.factories import PASSWORD

Claims = dict[str, Any]


def claims_of(token: str) -> Claims:
    found: Claims = jwt.decode(token, options={"verify_signature": False})
    return found


def signed(claims: Claims, *, headers: Claims | None = None, algorithm: str = "HS256", key: str = "") -> str:
    key = key or derived_token(SECRET_KEY, "access-token")
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def packed(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.fixture
def token(app: Flask, tom: User) -> str:
    """A good one, to spoil."""
    return str(Program(app).sign_in(tom)["access_token"])


def opens(app: Flask, credential: str) -> bool:
    answer = Program(app, credential).get("/me")
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200


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


SPOILED: dict[str, Callable[[Claims], str]] = {
    "no algorithm": lambda c: f"{packed({'alg': 'none', 'typ': 'JWT'})}.{packed(c)}.",
    "no algorithm, in capitals": lambda c: f"{packed({'alg': 'NONE'})}.{packed(c)}.",
    "an empty signature": lambda c: signed(c).rpartition(".")[0] + ".",
    "a stripped signature": lambda c: signed(c).rpartition(".")[0],
    "a signature of other claims": lambda c: (
        f"{signed(c).split('.')[0]}.{packed(c | {'sub': '1'})}.{signed(c).split('.')[2]}"
    ),
    "another hash": lambda c: signed(c, algorithm="HS512"),
    "another key": lambda c: signed(c, key="k" * 64),
    "the raw secret": lambda c: signed(c, key=SECRET_KEY),
    "a kid that is a path": lambda c: signed(c, headers={"kid": "../../dev/null"}, key="\0" * 32),
    "a kid that is SQL": lambda c: signed(c, headers={"kid": "x' UNION SELECT 'k"}, key="k" * 64),
    "a kid that is an address": lambda c: signed(c, headers={"kid": "https://evil.example/k"}, key="k" * 64),
    "a jku": lambda c: signed(c, headers={"jku": "https://evil.example/keys"}, key="k" * 64),
    "an x5u": lambda c: signed(c, headers={"x5u": "https://evil.example/cert"}, key="k" * 64),
    "a jwk of its own": lambda c: signed(
        c, headers={"jwk": {"kty": "oct", "k": packed("k" * 64)}}, key="k" * 64
    ),
    "another audience": lambda c: signed(c | {"aud": "someone-else"}),
    "several audiences, none ours": lambda c: signed(c | {"aud": ["a", "b"]}),
    "another issuer": lambda c: signed(c | {"iss": "https://staging.example"}),
    "the type of a refresh token": lambda c: signed(c | {"typ": "refresh"}),
    "another family": lambda c: signed(c | {"fam": "f" * 32}),
    "another person": lambda c: signed(c | {"sub": "999999999"}),
    "expired": lambda c: signed(c | {"exp": int(time.time()) - 31}),
    "not yet good": lambda c: signed(c | {"nbf": int(time.time()) + 60}),
    "made in the future": lambda c: signed(c | {"iat": int(time.time()) + 60}),
    "a header nested too deep": lambda c: f"{packed_text('[' * 3000)}.{packed(c)}.x",
    "not a token at all": lambda _: "hello",
    "nothing": lambda _: "",
}


def packed_text(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_token_opens_nothing(app: Flask, token: str, how: str) -> None:
    assert opens(app, token)
    assert opens(app, signed(claims_of(token)))  # we can make good ones, so what follows means something
    assert not opens(app, SPOILED[how](claims_of(token)))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "typ", "iat", "nbf", "exp", "jti", "fam"])
def test_every_claim_must_be_there(app: Flask, token: str, name: str) -> None:
    claims = claims_of(token)
    del claims[name]
    assert not opens(app, signed(claims))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "HS256"])
def test_a_public_key_is_not_taken_for_a_secret(app: Flask, token: str, algorithm: str) -> None:
    public = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    head = f"{packed({'alg': algorithm})}.{packed(claims_of(token))}"
    forged = base64.urlsafe_b64encode(hmac.digest(public, head.encode(), "sha256")).decode().rstrip("=")
    assert not opens(app, f"{head}.{forged}")


def test_clocks_may_differ_by_half_a_minute(app: Flask, token: str) -> None:
    claims = claims_of(token)
    assert opens(app, signed(claims | {"exp": int(time.time()) - 20}))
    assert opens(app, signed(claims | {"nbf": int(time.time()) + 20, "iat": int(time.time()) + 20}))


def test_a_token_of_the_last_key_is_still_believed(app: Flask, tom: User, token: str) -> None:
    rotated = AccessTokens(
        secret_keys=["a new secret of the next season", SECRET_KEY], issuer="http://localhost"
    )
    read = rotated.read(token)
    assert read is not None
    assert read.user_id == tom.id
    assert AccessTokens(secret_keys=["only the new"], issuer="http://localhost").read(token) is None


def test_each_token_is_good_for_its_own_use_only(app: Flask, tom: User) -> None:
    program = Program(app)
    data = program.sign_in(tom)
    assert not opens(app, data["refresh_token"])
    crossed = program.post("/auth/refresh", {"refresh_token": data["access_token"]})
    assert crossed.status_code in {401, 422}
    assert program.post("/auth/refresh", {"refresh_token": data["refresh_token"]}).status_code == 200


def test_a_cookie_opens_nothing_here(app: Flask, as_user: Any, tom: User) -> None:
    assert as_user(tom).get("/api/v1/me").status_code == 401


def test_a_bearer_opens_no_page(app: Flask, token: str) -> None:
    page = app.test_client().get("/account", headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 302


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
    meet, found = threading.Barrier(count, timeout=5), [None] * count

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
        signing_in.sign_out_everywhere(by=by, at=clock.now())
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
    mail = app.extensions["gateways"].mailer.sent[-1]
    return str(mail.secrets[0])
