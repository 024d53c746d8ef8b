"""A browser without a screen: it carries cookies, and its forms carry their tokens."""

from typing import Any

import flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.accounts.service import signing_in
from app.accounts.service.signing_in import Device, Proof
from app.core import clock
from app.core.database import db
from app.web import csrf
from tests.factories import PASSWORD


class Visitor(FlaskClient):
    """`submit` sends a form as the page would: with the session's csrf token."""

    def submit(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        data = {"csrf_token": self.csrf_token()} | fields
        return self.post(path, data=data, headers=headers)

    def csrf_token(self) -> str:
        with self.session_transaction() as session:
            kept = session.get(csrf.FIELD)
        with self.application.test_request_context():
            if kept:
                flask.session[csrf.FIELD] = kept
            token, kept = csrf.csrf_token(), flask.session[csrf.FIELD]
        with self.session_transaction() as session:
            session[csrf.FIELD] = kept
        return token

    def signed_in(self, user: User) -> "Visitor":
        """Skip the sign-in page: a session row, and the cookie that goes with it."""
        with self.application.app_context():
            found = db.session.get_one(User, user.id)
            proof = Proof(found, found.password_hash)
            token = signing_in.open_session(proof, device=Device(address="127.0.0.1"), at=clock.now())
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        self.csrf_token()
        return self

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        return self.submit("/login", email=email, password=password, **more)
