"""The dependency rule: ways in know rules, rules know rows, and features only look down."""

from pathlib import Path

from importlinter.application.use_cases import SUCCESS, lint_imports
from importlinter.configuration import configure

ROOT = Path(__file__).parents[2]


def test_the_dependency_rule_holds(monkeypatch: object) -> None:
    configure()
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) is SUCCESS
