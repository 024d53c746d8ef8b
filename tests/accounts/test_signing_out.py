"""Signing out: this device or another of one's own, never more, and it is in the history."""

from flask import Flask
from sqlalchemy import select

from app.accounts.credentials import Session
from app.accounts.models import User
from app.accounts.service import signing_out
from app.core.audit import AuditEvent
from app.core.database import db
from tests.accounts.acting import acting, sessions_of


def ended() -> list[str]:
    found = select(AuditEvent.actor_name).where(AuditEvent.action == "session.ended")
    return list(db.session.scalars(found))


def test_signing_out_ends_this_device_and_no_other(app: Flask, as_user: type, maya: User) -> None:
    here, there = as_user(maya), as_user(maya)
    here.submit("/logout")
    assert here.get("/").status_code == 302
    assert there.get("/").status_code == 200
    with app.app_context():
        assert ended() == [maya.name]


def test_somebody_else_s_device_is_not_there(context: Flask, as_user: type, maya: User, ben: User) -> None:
    as_user(ben)
    his = db.session.scalars(select(Session.id).where(Session.user_id == ben.id)).one()
    as_user(maya).submit(f"/account/devices/{his}/end")
    assert sessions_of(ben) == 1
    assert ended() == []


def test_whoever_has_no_session_signs_nobody_out(context: Flask, as_user: type, maya: User) -> None:
    as_user(maya)
    signing_out.sign_out(by=acting(maya))
    assert sessions_of(maya) == 1
