"""Whoever already holds an answer is told so: 304, and nothing twice."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.models import User
from tests.accounts.program import Program, signed_in
from tests.visitor import Visitor


def again(program: Program, path: str, tag: str) -> TestResponse:
    return program.get(path, If_None_Match=tag)


@pytest.fixture
def office(app: Flask, owner: User) -> Program:
    return signed_in(app, owner)


@pytest.mark.parametrize("path", ["/me", "/users/{id}", "/roles/warehouse"])
def test_an_unchanged_answer_is_not_sent_twice(office: Program, owner: User, path: str) -> None:
    path = path.format(id=owner.id)
    tag = office.get(path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"older", {tag}', "*"):
        answer = again(office, path, known)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert again(office, path, '"older"').status_code == 200


def test_a_changed_answer_is_sent(office: Program, maya: User) -> None:
    path = f"/users/{maya.id}"
    before = office.get(path)
    data = before.json["data"]
    kept = {name: data[name] for name in ("email", "roles", "is_active")}
    assert office.put(path, kept | {"name": "Maya Osei-Tutu"}, version=data["version"]).status_code == 200
    answer = again(office, path, before.headers["ETag"])
    assert (answer.status_code, answer.json["data"]["name"]) == (200, "Maya Osei-Tutu")


def test_me_is_sent_again_when_only_a_role_changed(app: Flask, office: Program, tom: User) -> None:
    toms = signed_in(app, tom)
    before = toms.get("/me")
    role = office.get("/roles/order_clerk").json["data"]
    fewer = {"name": role["name"], "permissions": ["orders:read"]}
    assert office.put("/roles/order_clerk", fewer, version=role["version"]).status_code == 200
    answer = again(toms, "/me", before.headers["ETag"])
    assert (answer.status_code, answer.json["data"]["permissions"]) == (200, ["orders:read"])
    assert answer.json["data"]["version"] == before.json["data"]["version"]


def test_the_tag_of_me_is_good_for_changing_oneself(office: Program, owner: User) -> None:
    tag = office.get("/me").headers["ETag"]
    data = {"email": owner.email, "name": "Hana W.", "roles": ["admin"], "is_active": True}
    assert office.ask("PUT", f"/users/{owner.id}", data, If_Match=tag).status_code == 200
    assert office.ask("PUT", f"/users/{owner.id}", data, If_Match=tag).status_code == 412


def test_a_change_is_never_answered_with_304(office: Program, maya: User) -> None:
    data = {"email": maya.email, "name": "Maya", "roles": ["buyer"], "is_active": True}
    answer = office.ask("PUT", f"/users/{maya.id}", data, If_Match='"1"', If_None_Match="*")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/docs"])
def test_the_documentation_is_read_once_and_then_only_asked_about(visitor: Visitor, path: str) -> None:
    first = visitor.get(path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, no-cache"
    answer = visitor.get(path, headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data) == (304, b"")
    assert "Content-Encoding" not in answer.headers
    assert visitor.get(path, headers={"If-None-Match": '"older"'}).data == first.data
    assert visitor.head(path).headers["ETag"] == first.headers["ETag"]
