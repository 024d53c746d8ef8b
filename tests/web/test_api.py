"""The door itself: one envelope, strict reading, versions, keys that work once, lists with bounds."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound, Refused, Several
from app.core.outbox import OutboxMessage, promise
from app.core.paging import NumberedPage
from app.web.access import public, requires
from app.web.api import Api
from app.web.idempotency import idempotent
from app.web.openapi import document_of
from app.web.schemas import Answer, Body, Moment, Paged, Paging
from tests import factories
from tests.accounts.program import Program, code_of, signed_in
from tests.conftest import settings_for_tests
from tests.visitor import Visitor


class Item(Body):
    sku: str
    quantity: int


class Basket(Body):
    items: list[Item]
    note: str = ""


class Receipt(Answer):
    number: int
    note: str
    version: int
    at: Moment


class ReceiptPage(Paged[Receipt]):
    """Some."""


@requires()
@idempotent
def place(body: Basket) -> dict[str, Any]:
    if body.note == "refuse":
        raise Several(
            "Two lines are short.",
            [
                Refused("Only 3 left.", field="items.2.quantity", code="out_of_stock"),
                Refused("None left.", field="items.4.quantity", code="out_of_stock"),
            ],
        )
    promise("test.placed", note=body.note)
    return receipt(body.note)


@public
def receipts(query: Paging) -> NumberedPage[Any]:
    rows = [receipt(str(number)) for number in range(query.page_size)]
    return NumberedPage(rows, 250, query.page, query.page_size)


@public
def one(number: int) -> dict[str, Any]:
    if number == 404:
        raise NotFound
    if number == 500:
        raise RuntimeError("a bug with its secret")
    return receipt("one")


@public
def change(code: str, body: Basket, version: int) -> dict[str, Any]:
    return receipt(body.note) | {"version": version + 1}


def shut() -> None:
    """Nobody said who may open it."""


def shop() -> Api:
    """A small door of its own, with one of everything."""
    api = Api("v9")
    api.post("/baskets", body=Basket, answer=Receipt, status=201)(place)
    api.get("/receipts", query=Paging, answer=ReceiptPage)(receipts)
    api.get("/receipts/<int:number>", answer=Receipt)(one)
    api.patch("/changes/<code>", body=Basket, answer=Receipt)(change)
    api.get("/shut")(shut)
    return api


def receipt(note: str) -> dict[str, Any]:
    return {"number": 7, "note": note, "version": 3, "at": clock.now(), "secret": "never told"}


def caller(app: Flask, credential: str | None) -> Program:
    return Program(app, credential, door="/api/v9")


@pytest.fixture(scope="module")
def served(running_servers: Any, whole_app: Flask) -> Flask:
    """The application with the small door in it, on the database of all tests: nothing here is committed."""
    given = settings_for_tests(
        running_servers,
        database_url=whole_app.config["SQLALCHEMY_DATABASE_URI"],
        cors_origins=["https://till.example"],
    )
    app = create_app(given)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = Visitor
    app.register_blueprint(shop().blueprint)
    return app


def sent(app: Flask, path: str, data: bytes | str, **given: Any) -> TestResponse:
    return app.test_client().open(
        f"/api/v9{path}",
        method=given.pop("method", "PATCH"),
        data=data,
        content_type=given.pop("content_type", "application/json"),
        headers={"If-Match": '"3"'} | given,
    )


GOOD = '{"items": [{"sku": "A", "quantity": 1}]}'


def test_an_answer_is_one_envelope_with_its_version(served: Flask) -> None:
    answer = served.test_client().get("/api/v9/receipts/1")
    assert list(answer.json) == ["success", "data", "message", "errors"]
    assert (answer.json["success"], answer.json["message"], answer.json["errors"]) == (True, "OK", None)
    assert list(answer.json["data"]) == ["number", "note", "version", "at"]
    assert answer.json["data"]["at"].endswith("Z")
    assert answer.headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/receipts/404", 404, "not_found"),
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/shut", 404, "not_found"),
        ("GET", "/receipts/99999999999999999999", 404, "not_found"),
        ("GET", "/receipts/%00", 404, "not_found"),
        ("PATCH", "/changes/%00", 404, "not_found"),
        ("TRACE", "/receipts/1", 405, "method_not_allowed"),
        ("DELETE", "/receipts", 405, "method_not_allowed"),
        ("POST", "/baskets", 401, "unauthorized"),
        ("PATCH", "/changes/1", 428, "version_missing"),
        ("GET", "/receipts?page=0", 422, "invalid"),
        ("GET", "/receipts/500", 500, "internal_error"),
    ],
)
def test_every_refusal_wears_the_envelope(
    served: Flask, method: str, path: str, status: int, code: str
) -> None:
    answer = served.test_client().open(f"/api/v9{path}", method=method)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert answer.content_type == "application/json"
    assert "secret" not in answer.text
    assert len(answer.headers["X-Correlation-ID"]) >= 8
    assert answer.headers["Content-Security-Policy"]
    if status == 405:
        assert "OPTIONS" in answer.headers["Allow"]
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_correlation_id_is_honoured(served: Flask) -> None:
    answer = served.test_client().get("/api/v9/receipts/1", headers={"X-Correlation-ID": "till-7-000001"})
    assert answer.headers["X-Correlation-ID"] == "till-7-000001"


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ("", 400, "bad_json", None),
        ("{", 400, "bad_json", None),
        ('{"items": [NaN]}', 400, "bad_json", None),
        ('"\\ud800"', 400, "bad_json", None),
        (b'{"items": "\xff"}', 400, "bad_json", None),
        ("[" * 100_000, 400, "bad_json", None),
        ('{"items": [], "note": ' + "9" * 5000 + "}", 400, "bad_json", None),
        ("[]", 422, "invalid", None),
        ("null", 422, "invalid", None),
        ('{"items": [], "note": "a\\u0000b"}', 422, "invalid", None),
        ('{"items": [], "total": "1.00"}', 422, "unknown_field", "total"),
        ('{"items": [{"sku": "A", "quantity": 1, "price": 0}]}', 422, "unknown_field", "items.0.price"),
        ('{"items": [], "note": "a", "note": "b"}', 422, "duplicate_field", "note"),
        ('{"items": [{"sku": "A", "quantity": 1, "quantity": 9}]}', 422, "duplicate_field", "quantity"),
        ('{"items": [{"sku": "A", "quantity": "1"}]}', 422, "invalid", "items.0.quantity"),
        ('{"items": [{"sku": "A", "quantity": true}]}', 422, "invalid", "items.0.quantity"),
        ('{"items": [{"sku": "A"}]}', 422, "missing", "items.0.quantity"),
        ("{}", 422, "missing", "items"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(
    served: Flask, body: str | bytes, status: int, code: str, field: str | None
) -> None:
    answer = sent(served, "/changes/1", body)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert answer.json["errors"][0]["field"] == field


def test_a_backslash_before_u0000_is_only_text(served: Flask) -> None:
    assert sent(served, "/changes/1", '{"items": [], "note": "a\\\\u0000b"}').status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_read(served: Flask, kind: str) -> None:
    answer = sent(served, "/changes/1", GOOD, content_type=kind)
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")
    assert sent(served, "/changes/1", GOOD, content_type="application/json; charset=utf-8").status_code == 200


def test_a_body_beyond_the_limit_is_413(served: Flask) -> None:
    assert sent(served, "/changes/1", " " * 1_000_001 + GOOD).status_code == 413


def test_many_mistakes_are_told_together_but_not_without_end(served: Flask) -> None:
    body = '{"items": [], ' + ", ".join(f'"x{number}": 1' for number in range(500)) + "}"
    answer = sent(served, "/changes/1", body)
    assert len(answer.json["errors"]) == 20
    assert answer.json["message"] == "500 things in this request need putting right."


@pytest.mark.parametrize(
    ("tag", "status"), [('"3"', 200), ('W/"3"', 200), ("3", 200), ('"x"', 412), ("*", 428)]
)
def test_the_version_comes_from_if_match(served: Flask, tag: str, status: int) -> None:
    answer = sent(served, "/changes/1", GOOD, **{"If-Match": tag})
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["ETag"] == '"4"'


def test_fields_picks_from_one_and_from_a_list(served: Flask) -> None:
    ask = served.test_client().get
    assert ask("/api/v9/receipts/1?fields=number,note").json["data"] == {"number": 7, "note": "one"}
    page = ask("/api/v9/receipts?fields=number&page_size=2").json["data"]
    assert page["items"] == [{"number": 7}, {"number": 7}]
    assert page["total"] == 250
    unknown = ask("/api/v9/receipts/1?fields=number,secret")
    assert (unknown.status_code, code_of(unknown)) == (422, "unknown_field")
    assert unknown.json["errors"][0]["field"] == "fields"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=100&page_size=100", 200),
        ("page=101&page_size=100", 422),
        ("page=500", 200),
        ("page=501", 422),
        ("page_size=101", 422),
        ("page_size=0", 422),
        ("page=-1", 422),
        ("page=x", 422),
        ("page=1&page=2", 422),
        ("pagesize=10", 422),
        ("page=%00", 422),
    ],
)
def test_a_list_has_bounds(served: Flask, query: str, status: int) -> None:
    answer = served.test_client().get(f"/api/v9/receipts?{query}")
    assert answer.status_code == status
    if "101&" in query or "501" in query:
        assert "Narrow the filter" in answer.json["message"]
    if query == "pagesize=10":
        assert code_of(answer) == "unknown_field"


def test_a_page_knows_whether_more_follow(served: Flask) -> None:
    def more(page: int) -> bool:
        answer = served.test_client().get(f"/api/v9/receipts?page={page}&page_size=50")
        return bool(answer.json["data"]["has_more"])

    assert [more(page) for page in (1, 4, 5, 6)] == [True, True, False, False]


def test_a_named_origin_is_let_in_without_cookies(served: Flask) -> None:
    client = served.test_client()
    answer = client.get("/api/v9/receipts/1", headers={"Origin": "https://till.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://till.example"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    refused = client.post("/api/v9/baskets", headers={"Origin": "https://till.example"})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (
        401,
        "https://till.example",
    )


def test_a_preflight_is_answered_before_anybody_signs_in(served: Flask) -> None:
    asked = {
        "Origin": "https://till.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    answer = served.test_client().options("/api/v9/baskets", headers=asked)
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert not answer.data


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://till.example.evil.example"])
def test_other_origins_are_told_nothing(served: Flask, origin: str) -> None:
    answer = served.test_client().get("/api/v9/receipts/1", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_settings_no_origin_is_let_in(app: Flask) -> None:
    answer = app.test_client().options("/api/v1/me", headers={"Origin": "https://till.example"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_pages_say_nothing_to_other_origins(served: Flask) -> None:
    answer = served.test_client().get("/login", headers={"Origin": "https://till.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_head_is_get_without_a_body(served: Flask) -> None:
    answer = served.test_client().head("/api/v9/receipts/1")
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (200, b"", '"3"')


def test_the_documents_are_open_and_our_own(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/users/{user_id}"]["put"]["parameters"][1]["name"] == "If-Match"
    page = app.test_client().get("/api/docs")
    assert page.status_code == 200
    for path in document["paths"]:
        assert f"/api/v1{path}" in page.text
    assert "<script" not in page.text
    assert "//" not in page.text.replace("/api/v1//", "").replace("http://localhost", "")


def test_the_small_door_documents_itself() -> None:
    document = document_of(shop())
    place = document["paths"]["/baskets"]["post"]
    assert {"name": "Idempotency-Key", "in": "header"}.items() <= place["parameters"][0].items()
    assert {"400", "401", "413", "415", "422"} <= set(place["responses"])
    assert document["paths"]["/receipts/{number}"]["get"]["security"] == []
    assert set(document["components"]["schemas"]["Basket"]["properties"]) == {"items", "note"}


class TestIdempotency:
    """On a database of its own: real commits, real threads."""

    @pytest.fixture
    def door(self, own_app: Flask) -> Iterator[Flask]:
        own_app.config["PROPAGATE_EXCEPTIONS"] = False
        own_app.register_blueprint(shop().blueprint)
        return own_app

    @pytest.fixture
    def tills(self, door: Flask) -> Program:
        with door.app_context():
            tom = factories.user("Tom Ridley", role="order_clerk")
        return caller(door, signed_in(door, tom).credential)

    @staticmethod
    def placed(app: Flask) -> int:
        with app.app_context():
            return db.session.query(OutboxMessage).filter_by(topic="test.placed").count()

    def test_without_a_key_nothing_is_done(self, door: Flask, tills: Program) -> None:
        for headers in ({}, {"Idempotency_Key": ""}):
            answer = tills.post("/baskets", {"items": []}, **headers)
            assert (answer.status_code, code_of(answer)) == (400, "idempotency_key_missing")
        assert tills.post("/baskets", {"items": []}, Idempotency_Key="k" * 256).status_code == 400
        assert self.placed(door) == 0
        assert tills.post("/baskets", {"items": []}, Idempotency_Key="k" * 255).status_code == 201

    def test_the_second_time_gives_the_first_answer(self, door: Flask, tills: Program) -> None:
        first = tills.post("/baskets", {"items": []}, Idempotency_Key="one")
        second = tills.post("/baskets", {"items": []}, Idempotency_Key="one")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.data == second.data
        assert first.headers["ETag"] == second.headers["ETag"]
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        assert self.placed(door) == 1

    def test_the_same_key_for_something_else_is_refused(self, door: Flask, tills: Program) -> None:
        tills.post("/baskets", {"items": []}, Idempotency_Key="one")
        other = tills.post("/baskets", {"items": [], "note": "more"}, Idempotency_Key="one")
        assert (other.status_code, code_of(other)) == (422, "idempotency_key_reused")
        assert self.placed(door) == 1

    def test_keys_of_different_people_do_not_meet(self, door: Flask, tills: Program) -> None:
        with door.app_context():
            wanda = factories.user("Wanda Price", role="warehouse")
        hers = caller(door, signed_in(door, wanda).credential)
        for till in (tills, hers):
            answer = till.post("/baskets", {"items": []}, Idempotency_Key="one")
            assert "Idempotent-Replayed" not in answer.headers
        assert self.placed(door) == 2

    def test_a_refusal_leaves_the_key_free(self, door: Flask, tills: Program) -> None:
        refused = tills.post("/baskets", {"items": [], "note": "refuse"}, Idempotency_Key="one")
        assert refused.status_code == 422
        fields = [error["field"] for error in refused.json["errors"]]
        assert fields == ["items.2.quantity", "items.4.quantity"]
        assert code_of(refused) == "out_of_stock"
        assert tills.post("/baskets", {"items": []}, Idempotency_Key="one").status_code == 201

    def test_equal_requests_at_once_work_once_and_agree(self, door: Flask, tills: Program) -> None:
        meet, answers = threading.Barrier(8, timeout=60), []

        def send() -> None:
            meet.wait()
            till = caller(door, tills.credential)
            answers.append(till.post("/baskets", {"items": []}, Idempotency_Key="at once"))

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in answers] == [201] * 8
        assert len({answer.data for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
        assert self.placed(door) == 1
