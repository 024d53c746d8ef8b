"""Two at once: the last administrator stays, and an address belongs to one person."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts.models import Customer, User
from app.accounts.queries import people as queries
from app.accounts.service import applications, people
from app.accounts.service.applications import Application
from app.core import clock
from app.core.database import db
from app.core.errors import Refused
from tests import factories
from tests.accounts.acting import acting, promises

pytestmark = pytest.mark.proof

TIMES = 5


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


def applied(app: Flask, email: str) -> None:
    facts = {"company": "Mill Bakery", "name": "Ida", "password": "perforated linden harbour"}
    applications.apply(Application(email=email, **facts), passwords=app.extensions["passwords"])
