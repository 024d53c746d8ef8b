"""The dependency rule: ways in know rules, rules know rows, and features only look down."""

import ast
from collections.abc import Iterator
from pathlib import Path

from importlinter.application.use_cases import SUCCESS, lint_imports
from importlinter.configuration import configure

ROOT = Path(__file__).parents[2]
BELOW_THE_FEATURES = {"core", "web", "local", "worker", "demo", "sandbox"}
FLASK = {"flask", "flask_login", "flask_wtf", "wtforms"}
# Ways in, what they read and say with, and what one of us shows on a page. Every other file knows no Flask.
WAYS_IN = {"account_pages", "admin", "api", "health", "jobs", "pages"}
BESIDE_THEM = {
    "act_forms",
    "bearer",
    "devices",
    "forms",
    "goods",
    "lines",
    "order_forms",
    "parts",
    "quick_forms",
    "schemas",
    "shown",
    "stated",
}


def test_the_dependency_rule_holds(monkeypatch: object) -> None:
    configure()
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) is SUCCESS


def test_only_ways_in_and_what_they_read_and_say_with_know_flask() -> None:
    features = [
        room for room in (ROOT / "app").iterdir() if room.is_dir() and room.name not in BELOW_THE_FEATURES
    ]
    found = [
        f"{file.relative_to(ROOT)} imports {name}"
        for feature in features
        for file in feature.rglob("*.py")
        if file.relative_to(feature).parts[0].removesuffix(".py") not in WAYS_IN | BESIDE_THEM
        for name in imports_of(file)
        if name.split(".")[0] in FLASK or f"{name}.".startswith("app.web.")
    ]
    assert len(features) > 5
    assert not found, "\n".join(found)


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
