"""Access tokens: whatever is not exactly ours opens nothing."""

import base64
import hmac
import json
import time
from collections.abc import Callable

import jwt
import pytest
from flask import Flask

from app.accounts.access_tokens import AccessTokens
from app.accounts.models import User
from app.core.tokens import derived_token
from tests.accounts.program import Claims, Program, claims_of, opens
from tests.conftest import SECRET_KEY


def signed(claims: Claims, *, headers: Claims | None = None, algorithm: str = "HS256", key: str = "") -> str:
    key = key or derived_token(SECRET_KEY, "access-token")
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def packed(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.fixture
def token(app: Flask, tom: User) -> str:
    """A good one, to spoil."""
    return str(Program(app).sign_in(tom)["access_token"])


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
    "a person who is no number": lambda c: signed(c | {"sub": "1x"}),
    "a person with a zero byte": lambda c: signed(c | {"sub": "1\0"}),
    "a person beyond all numbers": lambda c: signed(c | {"sub": "9" * 19}),
    "a family with a zero byte": lambda c: signed(c | {"fam": "\0" * 32}),
    "a family that is no text": lambda c: signed(c | {"fam": ["f"]}),
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


def test_a_bearer_opens_no_page(app: Flask, token: str) -> None:
    page = app.test_client().get("/account", headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 302
