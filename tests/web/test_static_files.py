"""Static files: names that change with their content, a year of caching, one style sheet."""

import gzip
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from app import ROOT
from app.web.static_files import SHEET_ORDER, StaticFiles
from tests.visitor import Visitor


@pytest.fixture
def sheet(app: Flask) -> str:
    return str(app.jinja_env.globals["asset"]("docket.css"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "paper.svg").write_text("<svg/>")
    (tmp_path / "keys.js").write_text("one")
    return tmp_path


def test_a_file_is_kept_for_a_year_and_never_asked_for_again(visitor: Visitor, sheet: str) -> None:
    answer = visitor.get(sheet)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = visitor.get(sheet, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_a_file_travels_packed_when_the_browser_can(visitor: Visitor, sheet: str) -> None:
    plain = visitor.get(sheet)
    packed = visitor.get(sheet, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    refused = visitor.get(sheet, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.data == plain.data


def test_the_sheet_stays_within_its_budget(visitor: Visitor, sheet: str) -> None:
    assert len(visitor.get(sheet, headers={"Accept-Encoding": "gzip"}).data) < 12_000


def test_only_reading_is_possible(visitor: Visitor, sheet: str) -> None:
    refused = visitor.post(sheet)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    head = visitor.head(sheet)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(visitor.get(sheet).data)


@pytest.mark.parametrize(
    "path", ["/static/docket.css", "/static/../pyproject.toml", "/static/css/base.css", "/static/"]
)
def test_nothing_but_the_hashed_names_exists(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_every_part_is_in_the_sheet_and_no_comment(visitor: Visitor, sheet: str) -> None:
    parts = {path.stem for path in (ROOT / "static" / "css").glob("*.css")}
    assert parts == set(SHEET_ORDER)
    text = visitor.get(sheet).text
    assert "/*" not in text
    assert "url(" not in text  # our files have hashed names, which the sheet does not know


def test_a_changed_file_gets_another_name(folder: Path) -> None:
    before = StaticFiles(folder).url("keys.js")
    (folder / "keys.js").write_text("two")
    assert StaticFiles(folder).url("keys.js") != before


def test_development_sees_a_change_at_once_and_production_does_not_look(folder: Path) -> None:
    developing, running = StaticFiles(folder, reload=True), StaticFiles(folder)
    before = running.url("keys.js")
    (folder / "keys.js").write_text("two")
    os.utime(folder / "keys.js", ns=(1, 1))
    assert developing.url("keys.js") != before
    assert running.url("keys.js") == before


def test_a_wrong_name_is_found_at_once(folder: Path) -> None:
    with pytest.raises(LookupError, match=r"no static file called two\.js"):
        StaticFiles(folder).url("two.js")


def test_a_first_visit_is_few_requests_and_little_to_carry(visitor: Visitor) -> None:
    packed = {"Accept-Encoding": "gzip"}
    page = visitor.get("/login", headers=packed)
    wanted = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', gzip.decompress(page.data).decode()))
    answers = [page, *(visitor.get(path, headers=packed) for path in wanted)]
    assert wanted
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert len(answers) <= 7
    assert sum(len(answer.data) for answer in answers) <= 60 * 1024
