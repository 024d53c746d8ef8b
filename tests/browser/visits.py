"""Where there is something to see: each address with a sample for its variable parts, and what goes wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts.credentials import LoginAttempt
from app.accounts.models import User
from app.accounts.queries import people as queries
from app.accounts.service import applications, own_account, people, roles
from app.accounts.service.applications import Application
from app.core import clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.tokens import fingerprint
from app.core.transaction import in_one_transaction
from app.jobs import perform_all
from app.web.access import access_of
from tests import factories
from tests.web.failing import WAYS, add_failing_pages

NOBODY, BUYER, OWNER = "nobody", "maya@copperkettle.example", "owner@millrace.example"
TIRED = "wanda@millrace.example"  # of guessing
NOT_PAGES = ("/api/v1/", "/health/", "/metrics")
STATUS = {"refused": 422, "missing": 404, "stale": 409, "conflict": 409, "forbidden": 403, "often": 429}
STATUS |= {"busy": 503, "bug": 500}
STALE = {"version": "0", "name": "Somebody else"}
APPLICATION = Application(
    company="Blue Door Bistro",
    name="Otto Reed",
    email="otto@bluedoor.example",
    password="seven brown geese",
)

Values = dict[str, str | int]


@dataclass(frozen=True)
class Visit:
    """Who goes where, what they type into the form there, and the status that this deserves."""

    who: str
    path: str
    status: int = 200
    typed: tuple[tuple[str, str], ...] = ()


def visits(app: Flask) -> list[Visit]:
    with app.app_context():
        samples = furnished(app)
    return [*_pages(app, samples), *_failures(samples)]


def _pages(app: Flask, samples: dict[str, list[Values]]) -> Iterator[Visit]:
    """Every address that answers GET with a page; one whose variable parts have no sample is an error."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith((*NOT_PAGES, "/fail/")):
            for values in samples[rule.endpoint] if rule.arguments else [{}]:
                path = adapter.build(rule.endpoint, values)
                for who in _who_sees(app, rule.endpoint):
                    yield Visit(who, path)


def _who_sees(app: Flask, endpoint: str) -> tuple[str, ...]:
    access = access_of(app.view_functions[endpoint])
    if access is None or access.is_public:
        return (NOBODY,)
    if endpoint == "account.email":
        return (BUYER,)  # the sample is hers
    return (OWNER,) if access.staff_only else (OWNER, BUYER)


def _failures(samples: dict[str, list[Values]]) -> Iterator[Visit]:
    for way in WAYS:
        yield Visit(NOBODY, f"/fail/{way}", STATUS[way])
    yield Visit(OWNER, "/nowhere", 404)
    yield Visit(BUYER, "/fail/bug", 500)
    yield Visit(NOBODY, "/invite/of-long-ago", 404)
    [person] = samples["accounts_admin.edit"]
    for path in (
        f"/admin/users/{person['user_id']}/edit",
        "/admin/settings",
        "/admin/roles/packers",
        "/account",
    ):
        yield Visit(OWNER, path, 409, tuple(STALE.items()))
    applied = (("email", APPLICATION.email), ("password", APPLICATION.password))
    yield Visit(NOBODY, "/login", 403, applied)
    yield Visit(NOBODY, "/login", 429, (("email", TIRED), ("password", "guess guess")))


def furnished(app: Flask) -> dict[str, list[Values]]:
    """A house in which something has happened: for each address with variable parts, what they may be."""
    add_failing_pages(app)
    in_states = _people_in_all_states()
    active = {"user_id": in_states["active"].id}
    tokens, mails = _links_and_mails(app)
    key, _ = factories.api_key("orders:read", by=SYSTEM)
    roles.create(code="packers", name="Packers", kind="staff", permissions=["orders:fulfil"], by=SYSTEM)
    _without_a_try_left(TIRED)
    return {
        "account.email": [{"message_id": mails["sent"]}],
        **{endpoint: [{"token": token}] for endpoint, token in tokens.items()},
        "accounts_admin.person": [{"user_id": person.id} for person in in_states.values()],
        "accounts_admin.edit": [active],
        "accounts_admin.act": [
            active | {"name": "deactivate"},
            active | {"name": "delete"},
            {"user_id": in_states["invited"].id, "name": "invitation"},
            {"user_id": in_states["deactivated"].id, "name": "reactivate"},
            {"user_id": in_states["deleted"].id, "name": "restore"},
        ],
        "accounts_admin.act_for_good": [active | {"name": "anonymise"}],
        "accounts_admin.key": [{"key_id": key.id}],
        "accounts_admin.revoke_key": [{"key_id": key.id}],
        "accounts_admin.role": [{"code": "packers"}, {"code": "admin"}],
        "accounts_admin.remove_role": [{"code": "packers"}],
        "operations.message": [{"message_id": message_id} for message_id in mails.values()],
    }


def _people_in_all_states() -> dict[str, User]:
    at = clock.now()
    found = {
        name: factories.user(f"Pat {name.title()}", role="warehouse")
        for name in ("active", "deactivated", "deleted")
    }
    people.deactivate(found["deactivated"].id, by=SYSTEM, at=at)
    people.remove(found["deleted"].id, by=SYSTEM, at=at)
    facts = {"email": "ida@millrace.example", "name": "Ida Hall", "kind": "staff", "roles": ["warehouse"]}
    return found | {"invited": people.invite(**facts, by=SYSTEM, at=at)}


def _links_and_mails(app: Flask) -> tuple[dict[str, str], dict[str, int]]:
    """An invitation is on its way already; somebody forgets a password, somebody applies, one promise fails."""
    own_account.forgot_password("amir@millrace.example")
    applications.apply(APPLICATION, passwords=app.extensions["passwords"])
    maya = queries.person_called(BUYER)
    in_one_transaction(lambda: outbox.promise("accounts.mail_password_changed", user_id=maya and maya.id))
    in_one_transaction(lambda: outbox.promise("nothing.of_this_name"))
    perform_all()
    token_to = {mail.to: mail.secrets[0] for mail in app.extensions["gateways"].mailer.sent if mail.secrets}
    numbers = dict(db.session.execute(select(OutboxMessage.topic, OutboxMessage.id)).all())
    tokens = {
        "accounts.invite": token_to["ida@millrace.example"],
        "accounts.reset": token_to["amir@millrace.example"],
        "accounts.verify": token_to[APPLICATION.email],
    }
    return tokens, {
        "sent": numbers["accounts.mail_password_changed"],
        "failed": numbers["nothing.of_this_name"],
    }


def _without_a_try_left(email: str) -> LoginAttempt:
    """As after too many guesses, for longer than this test takes."""
    an_hour_long = clock.now() + timedelta(hours=1)
    return factories.saved(LoginAttempt(bucket=f"account:{fingerprint(email)}", full_at=an_hour_long))
