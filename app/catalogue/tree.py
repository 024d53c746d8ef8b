"""Categories as a tree: every branch after the one it grows from, and its place among the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Grown(Protocol):
    """A category, or a row that knows as much about it. They come in the order of their siblings."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...


One = TypeVar("One", bound=Grown)


@dataclass(frozen=True, slots=True)
class Branch(Generic[One]):
    """A category in its place. `path` is its name after those of all it stands under."""

    category: One
    depth: int
    path: str
    is_first: bool
    is_last: bool


def in_order(categories: Iterable[One]) -> list[Branch[One]]:
    return list(_grown(_children(categories), None, 0, ""))


def within(categories: Iterable[Grown], category_id: int) -> set[int]:
    """This one and everything that grows from it."""
    children, found, to_look_at = _children(categories), set[int](), [category_id]
    while to_look_at:
        here = to_look_at.pop()
        found.add(here)
        to_look_at += [child.id for child in children.get(here, ())]
    return found


def _children(categories: Iterable[One]) -> dict[int | None, list[One]]:
    found: defaultdict[int | None, list[One]] = defaultdict(list)
    for category in categories:
        found[category.parent_id].append(category)
    return found


def _grown(
    children: dict[int | None, list[One]], parent_id: int | None, depth: int, path: str
) -> Iterator[Branch[One]]:
    siblings: Sequence[One] = children.get(parent_id, [])
    for number, category in enumerate(siblings):
        here = f"{path} › {category.name}" if path else category.name
        yield Branch(category, depth, here, number == 0, number == len(siblings) - 1)
        yield from _grown(children, category.id, depth + 1, here)
