"""Two at once: the last administrator stays, an address belongs to one person, no sign-in survives its password."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, func, insert, select, update

from app.accounts.credentials import Session
from app.accounts.models import Customer, TokenKind, User
from app.accounts.queries import people as queries
from app.accounts.service import applications, links, own_account, people, signing_in
from app.accounts.service.applications import Application
from app.accounts.service.signing_in import Device, Proof
from app.core import clock
from app.core.database import db
from app.core.errors import NotSignedIn, Refused
from tests import factories
from tests.accounts.acting import acting, promises
from tests.proof.tree import eventually

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient")]

TIMES = 5
PASSWORD = "perforated linden harbour"


def together(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """All at once, each on a connection of its own; what each answered or refused."""
    ends: dict[int, Any] = {}
    start = Barrier(len(works))

    def run(number: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait()
            try:
                ends[number] = work()
            except Exception as error:
                ends[number] = error

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ends[number] for number in range(len(works))]


def two_admins() -> tuple[User, User]:
    db.session.execute(update(User).values(deleted_at=clock.now()).where(User.deleted_at.is_(None)))
    db.session.commit()
    return factories.user("One Admin", role="admin"), factories.user("Two Admin", role="admin")


def one_admin_is_left(ends: list[Any]) -> bool:
    db.session.expire_all()
    [refused] = [end for end in ends if isinstance(end, Exception)]
    return isinstance(refused, Refused) and len(queries.working_admins()) == 1


@pytest.mark.parametrize("verb", [people.deactivate, people.remove, people.anonymise])
def test_two_admins_who_shut_each_other_out_leave_one(own_app, verb):
    with own_app.app_context():
        for _ in range(TIMES):
            one, two = two_admins()
            mine, yours = acting(one), acting(two)
            ends = together(
                own_app,
                lambda: verb(one.id, by=yours, at=clock.now()),  # noqa: B023 - run before the next round
                lambda: verb(two.id, by=mine, at=clock.now()),  # noqa: B023 - see above
            )
            assert one_admin_is_left(ends)


def test_two_admins_who_take_each_others_role_leave_one(own_app):
    def demoted(user: User, by: Any) -> User:
        facts = {"name": user.name, "email": user.email, "phone": "", "version": user.version}
        return people.edit(user.id, **facts, roles=["warehouse"], by=by)

    with own_app.app_context():
        for _ in range(TIMES):
            one, two = two_admins()
            mine, yours = acting(one), acting(two)
            ends = together(
                own_app,
                lambda: demoted(one, yours),  # noqa: B023 - run before the next round
                lambda: demoted(two, mine),  # noqa: B023 - see above
            )
            assert one_admin_is_left(ends)


def test_invitations_of_one_address_at_once_make_one_person(own_app):
    with own_app.app_context():
        by = acting(factories.user("One Admin", role="admin"))
        facts = {"email": "ida@millrace.example", "name": "Ida", "kind": "staff", "roles": ["warehouse"]}
        ends = together(own_app, *[lambda: people.invite(**facts, by=by, at=clock.now())] * 4)
        assert sorted(str(end) for end in ends) == ["Ida", *["Somebody else already uses this address."] * 3]
        assert len(promises()) == 1


def test_equal_applications_at_once_make_one_customer(own_app):
    with own_app.app_context():
        assert together(own_app, *[lambda: applied(own_app, "ida@mill.example")] * 4) == [None] * 4
        assert db.session.scalars(select(Customer.code)).all() == ["MILL-BAKERY"]
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_companies_of_one_name_at_once_get_codes_of_their_own(own_app):
    with own_app.app_context():
        works = [lambda who=who: applied(own_app, f"{who}@mill.example") for who in ("ida", "otto", "mo")]
        assert together(own_app, *works) == [None] * 3
        codes = db.session.scalars(select(Customer.code).order_by(Customer.code)).all()
        assert codes == ["MILL-BAKERY", "MILL-BAKERY-2", "MILL-BAKERY-3"]


def test_an_applicant_hears_the_same_whoever_takes_their_address_meanwhile(own_app, own_database):
    other = create_engine(own_database)
    with own_app.app_context(), other.connect() as somebody_else:
        somebody_else.exec_driver_sql(
            """INSERT INTO "user" (email, name, kind) VALUES ('ida@mill.example', 'Ida', 'staff')"""
        )
        ends = together(
            own_app,
            lambda: applied(own_app, "ida@mill.example"),
            lambda: commit_once_another_waits_for(somebody_else),
        )
        assert ends == [None, None]
        assert db.session.scalars(select(Customer.code)).all() == []
        assert promises() == [("accounts.mail_already_registered", {"email": "ida@mill.example"})]
    other.dispose()


def test_a_sign_in_waits_for_a_password_change_under_way_and_is_refused(own_app, own_database):
    other = create_engine(own_database)
    with own_app.app_context(), other.connect() as somebody_else:
        proof = proof_of(own_app, factories.user("Tom Ridley", role="order_clerk"))
        somebody_else.exec_driver_sql("""UPDATE "user" SET password_hash = 'another'""")
        refused, _ = together(
            own_app,
            lambda: signing_in.open_session(proof, device=Device(), at=clock.now()),
            lambda: commit_once_another_waits_for(somebody_else),
        )
        assert isinstance(refused, NotSignedIn)
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0
    other.dispose()


def test_a_password_change_waits_for_a_sign_in_under_way_and_ends_it(own_app, own_database):
    other = create_engine(own_database)
    with own_app.app_context(), other.connect() as somebody_else:
        tom = factories.user("Tom Ridley", role="order_clerk")
        token = links.issue(TokenKind.RESET, tom, seed="1", secret_key="x", at=clock.now())
        somebody_else.execute(update(User).values(last_login_at=User.last_login_at))
        somebody_else.execute(insert(Session).values(session_of(tom)))
        hasher = own_app.extensions["passwords"]
        changed, _ = together(
            own_app,
            lambda: own_account.reset_password(token, PASSWORD, passwords=hasher, at=clock.now()),
            lambda: commit_once_another_waits_for(somebody_else),
        )
        assert isinstance(changed, User)
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0
    other.dispose()


def proof_of(app: Flask, person: User) -> Proof:
    hasher = app.extensions["passwords"]
    return signing_in.prove(person.email, factories.PASSWORD, passwords=hasher, device=Device())


def session_of(person: User) -> dict[str, Any]:
    later = clock.now() + timedelta(hours=1)
    facts = {"address": "", "device": "", "last_seen_at": clock.now()}
    return facts | {"token_hash": "t", "user_id": person.id, "idle_until": later, "expires_at": later}


def commit_once_another_waits_for(connection: Connection) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    eventually(lambda: connection.exec_driver_sql(waiting).scalar())
    connection.commit()


def test_an_invitation_and_an_application_at_once_show_nobody_a_bug(own_app):
    with own_app.app_context():
        owner = factories.user("One Admin", role="admin")
    desk = own_app.test_client().signed_in(owner)
    for number in range(4 * TIMES):
        facts, stranger = {"name": "Ida", "email": f"ida{number}@mill.example"}, own_app.test_client()
        invited, applied = together(
            own_app,
            lambda: desk.submit("/admin/users/invite", roles="warehouse", **facts),  # noqa: B023 - run before the next round
            lambda: stranger.submit("/register", company="Mill", password=PASSWORD, **facts),  # noqa: B023 - see above
        )
        assert (applied.status_code, applied.location) == (303, "/registered")
        assert invited.status_code in {303, 422}, "first, or told that the address is taken"
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).where(User.email.like("ida%"))) == 4 * TIMES


def applied(app: Flask, email: str) -> None:
    facts = {"company": "Mill Bakery", "name": "Ida", "password": PASSWORD}
    applications.apply(Application(email=email, **facts), passwords=app.extensions["passwords"])
