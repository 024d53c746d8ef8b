"""A list as a file: every row of the filter, nothing that a spreadsheet would run, and memory that stays flat."""

import csv
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, literal, select, text
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.paging import PAGE_SIZE, Sort
from app.core.streaming import EveryRow
from app.web.csv import cell
from tests import factories
from tests.visitor import Visitor

LEEDS = ZoneInfo("Europe/London")
MANY = 100_000


def rows_in(response: TestResponse) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(StringIO(response.get_data().decode("utf-8-sig"), newline="")))


@pytest.fixture
def desk(as_user: Callable[[User], Visitor], owner: User) -> Visitor:
    return as_user(owner)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("-12.50"), "-12.50"),
        (Decimal("1E+3"), "1000"),
        (-7, "-7"),
        ("-7", "'-7"),
        (None, ""),
        (True, "yes"),
        (date(2026, 11, 20), "2026-11-20"),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "2026-07-01 13:00:00+01:00"),
        ({"name": [None, "=A1"]}, '{"name": [null, "=A1"]}'),
    ],
)
def test_numbers_stay_numbers_and_only_texts_are_guarded(value: object, written: str) -> None:
    assert cell(value, LEEDS) == written


def test_the_file_holds_every_row_of_the_filter_in_the_order_of_the_list(app: Flask, desk: Visitor) -> None:
    with app.app_context():
        for number in range(PAGE_SIZE + 5):
            factories.user(f"P{number:02} Packer", role="warehouse")
    found = rows_in(desk.get("/admin/users.csv?q=packer&role=warehouse&sort=-name"))
    assert [row["Name"] for row in found] == [
        f"P{number:02} Packer" for number in range(PAGE_SIZE + 4, -1, -1)
    ]


def test_the_page_links_to_the_file_of_its_own_filter(desk: Visitor, tom: User) -> None:
    page = desk.get("/admin/users?q=tom&sort=-name").text
    assert "/admin/users.csv?q=tom&amp;sort=-name" in page


def test_a_name_that_is_a_formula_arrives_as_a_text(app: Flask, desk: Visitor) -> None:
    with app.app_context():
        factories.user("=cmd|' /C calc'!A0", role="warehouse")
    names = [row["Name"] for row in rows_in(desk.get("/admin/users.csv"))]
    assert "'=cmd|' /C calc'!A0" in names


def test_the_file_has_a_name_a_kind_and_its_length_and_is_kept_by_nobody(desk: Visitor) -> None:
    response = desk.get("/admin/users.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=people-20")
    assert response.content_length == len(response.get_data())
    assert response.headers["Cache-Control"] == "no-store"


def test_whoever_took_a_list_away_stands_in_the_log(app: Flask, desk: Visitor, owner: User) -> None:
    count = len(rows_in(desk.get("/admin/users.csv?tab=staff")))
    with app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "list.exported")).one()
        assert (event.actor_name, event.entity_name) == (owner.name, "people")
        assert event.diff == {"rows": [None, count], "filter": [None, "tab=staff"]}


def test_the_log_and_the_messages_are_files_too(desk: Visitor) -> None:
    desk.get("/admin/users.csv")
    events = rows_in(desk.get("/admin/audit.csv?action=list.exported"))
    assert [(row["What name"], row["Action"]) for row in events] == [("people", "list.exported")]
    assert rows_in(desk.get("/admin/messages.csv?q=nobody")) == []


def test_a_list_may_be_long_and_the_memory_stays_as_it_is(context: Flask) -> None:
    numbers = func.generate_series(literal(1), MANY).table_valued("number").render_derived()
    rows = select(numbers.c.number, func.repeat(text("'x'"), 200).label("filling"))
    tracemalloc.start()
    count = sum(1 for _ in EveryRow(rows, Sort(numbers.c.number, numbers.c.number)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == MANY
    assert most < 5_000_000
