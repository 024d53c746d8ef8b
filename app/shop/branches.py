"""The branches of the catalogue, as a tree to walk."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from app.catalogue.tree import within
from app.core.paging import count_words


class Branch(NamedTuple):
    id: int
    parent_id: int | None
    name: str
    slug: str
    icon: str
    products: int = 0  # its own, where somebody counted; not of those that grow from it


class Tree:
    """All branches, in the order in which they are shown."""

    def __init__(self, branches: Iterable[Branch]) -> None:
        self.branches = list(branches)

    @cached_property
    def _by_id(self) -> dict[int, Branch]:
        return {branch.id: branch for branch in self.branches}

    def called(self, slug: str) -> Branch | None:
        return next((branch for branch in self.branches if branch.slug == slug), None)

    def named(self, text: str) -> Branch | None:
        """Whose name somebody typed, in any case."""
        return next((branch for branch in self.branches if branch.name.lower() == text.lower()), None)

    def with_id(self, branch_id: int) -> Branch | None:
        return self._by_id.get(branch_id)

    def icon_of(self, branch_id: int) -> str:
        found = self._by_id.get(branch_id)
        return found.icon if found else ""

    def children_of(self, branch: Branch | None) -> list[Branch]:
        """Without a branch, the first ones."""
        parent_id = branch.id if branch else None
        return [one for one in self.branches if one.parent_id == parent_id]

    def path_to(self, branch: Branch | None) -> list[Branch]:
        """From the first branch down to this one."""
        path: list[Branch] = []
        while branch is not None and branch not in path:
            path.insert(0, branch)
            branch = self._by_id.get(branch.parent_id or 0)
        return path

    def count_words(self, branch: Branch | None) -> str:
        """How many products the branch shows, with those of all that grow from it; without a branch, all."""
        ids = set(self.ids_under(branch)) if branch else self._by_id.keys()
        return count_words(sum(one.products for one in self.branches if one.id in ids))

    def ids_under(self, branch: Branch) -> tuple[int, ...]:
        """The branch and all that grow from it."""
        return tuple(sorted(within(self.branches, branch.id)))
