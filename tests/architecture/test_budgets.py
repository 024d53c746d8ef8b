"""The maximum is what makes code ugly, so the maximum is what we hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

LINES = {"app/**/*.py": 250, "templates/**/*.html": 120, "static/css/*.css": 200, "static/js/*.js": 80}
LONGEST_FUNCTION = 30
LONGEST_VIEW = 12
SQUEEZED = 400
VIEW_FILES = {"pages.py", "account_pages.py", "admin.py", "api.py", "health.py"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize(("pattern", "most"), LINES.items())
def test_no_file_is_longer_than_its_budget(pattern: str, most: int) -> None:
    lengths = {named(path): path.read_text().count("\n") for path in ROOT.glob(pattern)}
    assert lengths, f"nothing matches {pattern}"
    assert {name: lines for name, lines in lengths.items() if lines > most} == {}


def test_no_function_is_longer_than_its_budget() -> None:
    too_long = {
        f"{named(path)}:{function.name}": length(function)
        for path in PYTHON
        for function in functions(path)
        if length(function) > LONGEST_FUNCTION
    }
    assert too_long == {}


def test_a_view_reads_calls_and_answers() -> None:
    too_long = {
        f"{named(path)}:{function.name}": length(function)
        for path in PYTHON
        if path.name in VIEW_FILES or path.parent.name in {"admin", "api", "pages"}
        for function in functions(path)
        if any(
            ".route" in d or ".get(" in d or ".post(" in d for d in map(ast.unparse, function.decorator_list)
        )
        and length(function) > LONGEST_VIEW
    }
    assert too_long == {}


def test_lines_are_not_squeezed_to_meet_a_budget() -> None:
    squeezed = [
        f"{named(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if len(line) > SQUEEZED
    ]
    assert squeezed == []


def test_no_template_carries_style_or_script() -> None:
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\bsrc=)|javascript:")
    found = [
        named(path) for path in TEMPLATES if "mail" not in path.parts and inline.search(path.read_text())
    ]
    assert found == []


def test_only_the_unit_of_work_commits() -> None:
    committing = {named(path) for path in PYTHON if re.search(r"session\.commit\(", path.read_text())}
    assert committing == {"app/core/transaction.py"}


def test_nothing_is_called_utils() -> None:
    words = {"utils", "helpers", "common", "managers", "base", "misc"}
    assert [named(path) for path in PYTHON if path.stem in words] == []


def test_every_module_says_what_it_is_for() -> None:
    assert [named(path) for path in PYTHON if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_every_exception_to_a_lint_rule_has_its_reason() -> None:
    bare = re.compile(r"#\s*(noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[\w,-]+\])?)\s*$")
    found = [
        f"{named(path)}:{number}"
        for path in PYTHON
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if bare.search(line)
    ]
    assert found == []
