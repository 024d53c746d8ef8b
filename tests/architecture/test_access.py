"""Every route by every kind of person: who may open what is what the views declare, and nothing is undeclared."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from app.accounts.models import User
from app.core.access import Viewer
from app.web.access import Access, access_of
from tests.visitor import Visitor

NOBODYS_ROW = 987_654_321


@dataclass(frozen=True)
class Door:
    """One address and one way to knock."""

    method: str
    path: str
    access: Access

    def opens_for(self, who: Viewer) -> bool:
        if self.access.is_public:
            return True
        if self.access.staff_only and not who.is_staff:
            return False
        return who.is_authenticated and (self.access.permission is None or who.may(self.access.permission))


def doors(app: Flask) -> Iterator[Door]:
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        if access is None or rule.rule.startswith("/api/"):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            path = adapter.build(rule.endpoint, {name: sample(rule, name) for name in rule.arguments}, method)
            yield Door(method, path, access)


def sample(rule: Rule, name: str) -> str | int:
    """A value that fits and that no row has."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return NOBODYS_ROW if isinstance(converter, IntegerConverter) else "no-such-thing"


def knock(visitor: Visitor, door: Door) -> int:
    if door.method == "GET":
        return visitor.get(door.path).status_code
    return visitor.submit(door.path).status_code


def test_every_view_declares_its_access(whole_app: Flask) -> None:
    silent = [name for name, view in whole_app.view_functions.items() if access_of(view) is None]
    assert silent == []


def test_an_undeclared_view_is_shut(app: Flask, visitor: Visitor) -> None:
    app.view_functions["forgotten"] = lambda: "open"
    app.url_map.add(app.url_rule_class("/forgotten", endpoint="forgotten"))
    try:
        assert visitor.get("/forgotten").status_code == 404
    finally:
        app.view_functions["forgotten"].access = Access(is_public=True)  # type: ignore[attr-defined]


def test_nobody_gets_past_the_sign_in_page(app: Flask) -> None:
    let_in = {
        (door.method, door.path)
        for door in doors(app)
        if not door.access.is_public
        for answer in [_asked(app.test_client(), door)]
        if not (answer.status_code == 302 and answer.location.startswith("/login"))
    }
    assert let_in == set()


def _asked(visitor: Visitor, door: Door):  # type: ignore[no-untyped-def]
    return visitor.get(door.path) if door.method == "GET" else visitor.submit(door.path)


@pytest.mark.parametrize("name", ["maya", "ben", "tom", "wanda", "owner"])
def test_everybody_gets_exactly_where_the_declarations_say(
    app: Flask, as_user: type, request: pytest.FixtureRequest, name: str
) -> None:
    person: User = request.getfixturevalue(name)
    wrong = {}
    for door in doors(app):
        visitor: Visitor = as_user(person)  # a fresh session for each: some doors sign people out
        status = knock(visitor, door)
        shut = status in {401, 403} or (status == 404 and door.access.staff_only and not person.is_staff)
        if shut == door.opens_for(viewer_of(app, person)):
            wrong[f"{door.method} {door.path}"] = status
    assert wrong == {}


def viewer_of(app: Flask, person: User) -> Viewer:
    with app.app_context():
        permissions = frozenset(name for role in person.roles for name in role.permissions)
    return Viewer(principal=f"user:{person.id}", is_staff=person.is_staff, permissions=permissions)
