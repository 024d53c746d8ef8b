"""Pages that follow each other: nothing twice, nothing left out, however long the list and whatever happens to it."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, literal, select

from app.core.database import db
from app.core.paging import Page, Place, Sort, numbered_page, page_of
from app.core.schedules import ScheduledRun

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
ROWS = select(ScheduledRun.id, ScheduledRun.job, ScheduledRun.slot)
ORDERS = {
    "by a text, with ties": Sort(ScheduledRun.job, ScheduledRun.id),
    "by a text, the other way round": Sort(ScheduledRun.job, ScheduledRun.id, descending=True),
    "by a moment": Sort(ScheduledRun.slot, ScheduledRun.id),
    "by a moment, newest first": Sort(ScheduledRun.slot, ScheduledRun.id, descending=True),
    "by a number": Sort(ScheduledRun.id, ScheduledRun.id, descending=True),
}


@pytest.fixture
def runs(context: Flask) -> list[int]:
    """Thirty of them, in three jobs of ten, not in the order of their moments."""
    facts = [
        {"job": f"job {'cab'[number % 3]}", "slot": BEGIN + timedelta(hours=number * 7 % 30)}
        for number in range(30)
    ]
    db.session.execute(insert(ScheduledRun), facts)
    db.session.commit()
    return list(db.session.scalars(select(ScheduledRun.id)))


def ids(page: Page) -> list[int]:
    return [row.id for row in page.rows]


def walked(sort: Sort, *, size: int) -> list[list[int]]:
    """Every page from the first to the last."""
    page = page_of(ROWS, sort, size=size)
    pages = [ids(page)]
    while page.after:
        page = page_of(ROWS, sort, after=page.after, size=size)
        pages.append(ids(page))
    return pages


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 7, 10, 29, 30, 31])
def test_all_pages_together_are_the_list(runs: list[int], order: str, size: int) -> None:
    sort = ORDERS[order]
    whole = list(db.session.scalars(ROWS.order_by(*sort.order(backwards=False))))
    pages = walked(sort, size=size)
    assert [number for page in pages for number in page] == whole
    assert {len(page) for page in pages[:-1]} <= {size}
    assert pages[-1], "there is no empty page at the end"


@pytest.mark.parametrize("order", ORDERS)
def test_the_way_back_leads_over_the_same_pages(runs: list[int], order: str) -> None:
    sort = ORDERS[order]
    pages = walked(sort, size=7)
    page = page_of(ROWS, sort, after=page_of(ROWS, sort, size=21).after, size=7)
    seen = [ids(page)]
    while page.before:
        page = page_of(ROWS, sort, before=page.before, size=7)
        seen.insert(0, ids(page))
    assert seen == pages[:4]
    assert page.before is None, "the first page has none before it"
    assert page.after is not None


def test_rows_that_come_and_go_meanwhile_shift_nothing(runs: list[int]) -> None:
    sort = ORDERS["by a moment"]
    first = page_of(ROWS, sort, size=10)
    wanted = ids(page_of(ROWS, sort, after=first.after, size=10))
    db.session.execute(delete(ScheduledRun).where(ScheduledRun.id.in_(ids(first))))
    db.session.execute(
        insert(ScheduledRun), [{"job": "new", "slot": BEGIN - timedelta(hours=n)} for n in range(5)]
    )
    assert ids(page_of(ROWS, sort, after=first.after, size=10)) == wanted


@pytest.mark.parametrize(
    "place",
    [
        *("", "nonsense", "é", "\0", "====", "WzEsMl0", "W10", "bnVsbA"),
        Place("no moment", 1).written(),
        Place("2026-06-01", 2**63).written(),
        Place([1], 1).written(),
        urlsafe_b64encode(b"[" * 2_900).decode(),
    ],
)
def test_a_place_that_was_tampered_with_is_the_first_page(runs: list[int], place: str) -> None:
    sort = ORDERS["by a moment"]
    assert ids(page_of(ROWS, sort, after=place, size=5)) == ids(page_of(ROWS, sort, size=5))


@pytest.mark.parametrize(
    ("rows", "said"), [(0, "0"), (999, "999"), (1000, "1,000"), (1001, "1,000+"), (1500, "1,000+")]
)
def test_a_list_is_counted_exactly_to_a_thousand(context: Flask, rows: int, said: str) -> None:
    numbers = select(literal("job"), BEGIN + func.generate_series(1, rows) * timedelta(hours=1))
    db.session.execute(insert(ScheduledRun).from_select(["job", "slot"], numbers))
    page = page_of(ROWS, ORDERS["by a number"])
    assert (page.count_words, page.count) == (said, min(rows, 1001))


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (30, ["30"]),
        (20, ["1–20 of 30", "21–30 of 30"]),
        (29, ["1–29 of 30", "30 of 30"]),
        (10, ["1–10 of 30", "30", "21–30 of 30"]),
    ],
)
def test_a_page_says_its_place_where_it_knows_it(runs: list[int], size: int, said: list[str]) -> None:
    page = page_of(ROWS, ORDERS["by a number"], size=size)
    words = [page.place_words]
    while page.after:
        page = page_of(ROWS, ORDERS["by a number"], after=page.after, size=size)
        words.append(page.place_words)
    assert words == said


def test_beyond_a_thousand_only_the_first_page_knows_its_place(context: Flask) -> None:
    numbers = select(literal("job"), BEGIN + func.generate_series(1, 1100) * timedelta(hours=1))
    db.session.execute(insert(ScheduledRun).from_select(["job", "slot"], numbers))
    page = page_of(ROWS, ORDERS["by a number"], size=600)
    assert page.place_words == "1–600 of 1,000+"
    assert page_of(ROWS, ORDERS["by a number"], after=page.after, size=600).place_words == "1,000+"


@pytest.mark.parametrize(
    ("page", "count", "has_more"), [(1, 12, True), (2, 12, True), (3, 6, False), (4, 0, False)]
)
def test_programs_page_by_number(runs: list[int], page: int, count: int, has_more: bool) -> None:
    found = numbered_page(ROWS, ORDERS["by a number"], page=page, page_size=12)
    assert (len(found.items), found.total, found.has_more) == (count, 30, has_more)
    newest_first = sorted(runs, reverse=True)
    assert [row.id for row in found.items] == newest_first[(page - 1) * 12 : page * 12]
