"""API keys: scoped, bound, revocable, and known by their fingerprint only."""

import pytest
from sqlalchemy import select

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.accounts.queries import keys as queries
from app.accounts.service import keys
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import NotAllowed, NotFound, Refused
from app.core.tokens import fingerprint
from tests.accounts.acting import acting, actions

pytestmark = pytest.mark.usefixtures("context")


def made(by, **given):
    facts = {"name": "Till", "permissions": ["orders:read"], "customer_id": None, "expires_at": None}
    return keys.create(**(facts | given), by=acting(by))


def test_the_text_is_nowhere_in_the_database(owner):
    key, text = made(owner)
    prefix, secret = key_text.parse(text)
    assert (key.prefix, key.secret_hash) == (prefix, fingerprint(secret))
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "api_key.created")).one()
    assert secret not in str(told.diff)
    assert key.secret_hash not in str(told.diff)


def test_nobody_makes_a_key_that_may_do_more_than_they_do(tom):
    with pytest.raises(Refused, match="do not have it yourself"):
        made(tom, permissions=["orders:read", "stock:write"])
    assert actions() == []


def test_a_key_of_one_customer_does_what_buyers_do(owner, copper_kettle):
    key, _ = made(owner, customer_id=copper_kettle.id)
    assert key.customer_id == copper_kettle.id
    with pytest.raises(Refused, match="is for staff"):
        made(owner, customer_id=copper_kettle.id, permissions=["stock:write"])
    with pytest.raises(NotFound):
        made(owner, customer_id=0)


def test_a_revoked_key_is_dead_and_stays_listed(owner):
    key, _ = made(owner)
    keys.revoke(key.id, by=acting(owner), at=clock.now())
    with pytest.raises(Refused, match="already revoked"):
        keys.revoke(key.id, by=acting(owner), at=clock.now())
    db.session.expire_all()
    [(listed, company)] = queries.keys_listed()
    assert (listed.is_live(clock.now()), company) == (False, None)
    assert actions() == ["api_key.created", "api_key.revoked"]


def test_buyers_keep_away_from_keys(owner, maya):
    key, _ = made(owner)
    with pytest.raises(NotAllowed):
        made(maya)
    with pytest.raises(NotAllowed):
        keys.revoke(key.id, by=acting(maya), at=clock.now())
    assert db.session.get(ApiKey, key.id).revoked_at is None
