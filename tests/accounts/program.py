"""A program at the JSON door: it carries a bearer credential and speaks JSON."""

from typing import Any

import flask
import jwt
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.models import User
from tests.factories import PASSWORD

NOT_OURS_TO_SEND = {
    "is_admin": True,
    "role": "admin",
    "id": 1,
    "version": 9,
    "created_at": "2020-01-01T00:00:00Z",
    "customer_id": 1,
    "password_hash": "x",
    "deleted_at": None,
    "status": "active",
    "credit_limit": "1000000.00",
}


Claims = dict[str, Any]


class Program:
    """`Program(app)` is nobody; `Program(app, credential)` is whoever the credential speaks for."""

    def __init__(self, app: Flask, credential: str | None = None, *, door: str = "/api/v1") -> None:
        self.door = door
        self.client = app.test_client(use_cookies=False)
        self.credential = credential

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.credential:
            sent["Authorization"] = f"Bearer {self.credential}"
        if flask.has_app_context():  # in which Flask-Login keeps whoever came first
            flask.g.pop("_login_user", None)
        return self.client.open(f"{self.door}{path}", method=method, json=json, headers=sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, json: Any = None, **headers: str) -> TestResponse:
        return self.ask("POST", path, json, **headers)

    def put(self, path: str, json: Any, *, version: int | None) -> TestResponse:
        return self.ask("PUT", path, json, **_seen(version))

    def delete(self, path: str, *, version: int | None) -> TestResponse:
        return self.ask("DELETE", path, **_seen(version))

    def sign_in(self, user: User, password: str = PASSWORD) -> dict[str, Any]:
        """The whole answer's data; the program then carries the access token."""
        answer = self.post("/auth/login", {"email": user.email, "password": password})
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json["data"]
        self.credential = data["access_token"]
        return data


def signed_in(app: Flask, user: User) -> Program:
    program = Program(app)
    program.sign_in(user)
    return program


def opens(app: Flask, credential: str) -> bool:
    answer = Program(app, credential).get("/me")
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200


def claims_of(token: str) -> Claims:
    found: Claims = jwt.decode(token, options={"verify_signature": False})
    return found


def code_of(answer: TestResponse) -> str:
    """The first error's code; a failure always has one."""
    body = answer.json
    assert body["success"] is False
    assert body["data"] is None
    assert body["message"]
    return str(body["errors"][0]["code"])


def _seen(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If_Match": f'"{version}"'}
