"""Which quick tests a change can reach: those of its room and of the rooms above, unless it lies beneath all rooms.

python -m tests.changed          the folders to run since all was last green, as words for pytest
python -m tests.changed --green  they were green: remember
"""

import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".pytest_cache"
GREEN, ASKED = KEPT / "quick-green.json", KEPT / "quick-asked.json"
ALWAYS = "tests/architecture"
READ_BY_PEOPLE = (".md", "docs/", "LICENSE")
PLACES = ("app", "bin", "migrations", "static", "templates", "tests")
SHOWN_BY = {"sandbox": "payments"}  # a program of its own, and the tests that drive it
WORN = ("static/",)  # what only browsers and the folder of files itself can tell

Seen = dict[str, str]


def main(arguments: Sequence[str]) -> None:
    KEPT.mkdir(exist_ok=True)
    if "--green" in arguments:
        ASKED.replace(GREEN)
        return
    now, green = everything_as_it_is(), json.loads(GREEN.read_text()) if GREEN.exists() else {}
    ASKED.write_text(json.dumps(now))
    changed = {path for path, _ in green.items() ^ now.items()}
    print(" ".join(folders_for(changed, rooms_from_above())))


def everything_as_it_is() -> Seen:
    """Committed or not: each file and what it says."""
    files = (path for place in PLACES for path in (ROOT / place).rglob("*") if path.is_file())
    beside = (path for path in ROOT.iterdir() if path.is_file())
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (*files, *beside)
        if "__pycache__" not in path.parts and not path.name.startswith(".coverage")
    }


def rooms_from_above() -> list[list[str]]:
    """As the dependency rule has them: each knows those behind it only."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [layer.split(" | ") for layer in contracts[0]["layers"]]
    beneath = layers.index(["web"])
    return layers[:beneath]


def folders_for(changed: set[str], rooms: list[list[str]]) -> list[str]:
    found = {ALWAYS}
    for path in changed:
        folders = list(_folders_for(path, rooms))
        if "tests" in folders:
            return ["tests"]
        found |= set(folders)
    return sorted(folder for folder in found if (ROOT / folder).exists())


def _folders_for(path: str, rooms: list[list[str]]) -> Iterator[str]:
    if path.endswith(READ_BY_PEOPLE[0]) or path.startswith(READ_BY_PEOPLE[1:]):
        return
    if path.startswith(WORN):
        yield "tests/web"
        return
    place, _, rest = path.partition("/")
    room = rest.removeprefix("mail/").partition("/")[0]
    room = SHOWN_BY.get(room, room)
    level = next((number for number, level in enumerate(rooms) if room in level), None)
    if place == "tests" and (ROOT / "tests" / room).is_dir():
        yield f"tests/{room}"
    elif place in {"app", "templates"} and level is not None:
        reached = {room}.union(*rooms[:level])
        yield from (f"tests/{name}" for one in reached for name in (one, f"test_{one}.py"))
    else:
        yield "tests"


if __name__ == "__main__":
    main(sys.argv[1:])
