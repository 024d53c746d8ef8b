"""Static files: names that change with their content, a year of caching, one style sheet."""

from pathlib import Path

import pytest
from flask import Flask

from app import ROOT
from app.web.static_files import SHEET_ORDER, StaticFiles
from tests.visitor import Visitor


@pytest.fixture
def sheet(app: Flask) -> str:
    return str(app.jinja_env.globals["asset"]("docket.css"))


def test_a_file_is_kept_for_a_year_and_never_asked_for_again(visitor: Visitor, sheet: str) -> None:
    answer = visitor.get(sheet)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    again = visitor.get(sheet, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_travels_packed_when_the_browser_can(visitor: Visitor, sheet: str) -> None:
    packed = visitor.get(sheet, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 12_000


def test_only_reading_is_possible(visitor: Visitor, sheet: str) -> None:
    assert visitor.post(sheet).status_code == 405
    head = visitor.head(sheet)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "path", ["/static/docket.css", "/static/../pyproject.toml", "/static/css/base.css", "/static/"]
)
def test_nothing_but_the_hashed_names_exists(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_every_part_is_in_the_sheet_and_no_comment(visitor: Visitor, sheet: str) -> None:
    parts = {path.stem for path in (ROOT / "static" / "css").glob("*.css")}
    assert parts == set(SHEET_ORDER)
    assert "/*" not in visitor.get(sheet).text


def test_a_changed_file_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    script = tmp_path / "keys.js"
    script.write_text("one")
    before = StaticFiles(tmp_path).url("keys.js")
    script.write_text("two")
    assert StaticFiles(tmp_path).url("keys.js") != before


def test_a_wrong_name_is_found_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("1")
    with pytest.raises(LookupError, match=r"no static file called two\.js"):
        StaticFiles(tmp_path).url("two.js")
