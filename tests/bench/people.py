"""A large house to measure in: a hundred thousand people, and two who sign in."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import text

from app.accounts.credentials import Session
from app.accounts.models import User
from app.core import clock
from app.core.database import db
from app.core.tokens import fingerprint, new_token
from app.millrace import DEMO_PASSWORD

COLLEAGUES = 20


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A cookie header that opens pages, and the form that would have earned it."""

    cookie: str
    sign_in_form: bytes


def grow(app: Flask, first: int, last: int) -> None:
    """Buyers by these numbers, twenty to a customer."""
    numbers = {"first": first, "last": last, "colleagues": COLLEAGUES}
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(
            text(
                "INSERT INTO customer (code, name, status, phone, invoice_email, tax_id) "
                "SELECT 'BULK-' || n, 'Customer ' || n, 'active', '', '', '' "
                "FROM generate_series(CAST(:first AS int) / :colleagues, CAST(:last AS int) / :colleagues) n "
                "ON CONFLICT DO NOTHING"
            ),
            numbers,
        )
        connection.execute(
            text(
                'INSERT INTO "user" (email, name, kind, customer_id, password_hash, last_login_at) '
                "SELECT 'person' || n || '@bulk.example', "
                "(array['Ada','Ben','Cleo','Dev','Eve','Finn','Gus','Hal'])[1 + n % 8] || ' ' || md5(n::text), "
                "'buyer', customer.id, 'x', now() - n * interval '1 minute' "
                "FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n "
                "JOIN customer ON code = 'BULK-' || n / :colleagues"
            ),
            numbers,
        )
        connection.execute(
            text(
                'INSERT INTO user_role SELECT u.id, r.id FROM "user" u, role r '
                "WHERE u.email LIKE 'person%@bulk.example' AND r.code = 'buyer' ON CONFLICT DO NOTHING"
            )
        )
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


def signed_in(app: Flask, email: str) -> SignedIn:
    """As if this person had come through the sign-in page."""
    token, at = new_token(), clock.now()
    with app.app_context():
        user = db.session.query(User).filter_by(email=email).one()
        session = Session(
            token_hash=fingerprint(token), user_id=user.id, last_seen_at=at + timedelta(hours=1)
        )
        session.idle_until = session.expires_at = at + timedelta(hours=5)
        db.session.add(session)
        db.session.commit()
    serializer = app.session_interface.get_signing_serializer(app)
    if serializer is None:
        raise RuntimeError("the application has no secret key")
    content = serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": "A" * 32})
    form = {"email": email, "password": DEMO_PASSWORD, "csrf_token": "A" * 64}
    return SignedIn(f"{app.config['SESSION_COOKIE_NAME']}={content}", urlencode(form).encode())


def bearer(app: Flask, email: str) -> dict[str, str]:
    """The header of a program that signed in as this person."""
    answer = app.test_client().post("/api/v1/auth/login", json={"email": email, "password": DEMO_PASSWORD})
    return {"Authorization": f"Bearer {answer.json['data']['access_token']}"}
