"""One kind of file: its columns, and what makes two rows of it the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from app.core.access import Permission, Viewer
from app.core.errors import NotAllowed, Refused
from app.imports.columns import Column, Values
from app.imports.models import ImportKind

PROBLEM, WAS = "problem", "was"  # what our own files of rows tell more: sent back, it says nothing
Problems = dict[str, str]


def no_rule(_values: Values) -> Problems:
    return {}


@dataclass(frozen=True)
class Kind:
    """`key` names the columns that say which thing a row is about; `rule` looks at a row as a whole.

    `told` names columns that our own lists have more, for people to read: sent back, they say nothing.
    """

    name: ImportKind
    label: str
    one: str
    permission: Permission
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rule: Callable[[Values], Problems] = no_rule
    advice: str = ""
    told: tuple[str, ...] = ()

    def open_to(self, by: Viewer) -> Self:
        """Whoever may not change a price by hand may not do so by the thousand, nor read them all."""
        if not by.may(self.permission):
            raise NotAllowed(
                f"Your role does not include “{self.permission.word}”. "
                "An administrator can add it to your role."
            )
        return self

    @cached_property
    def column(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def says_nothing(self) -> frozenset[str]:
        return frozenset({PROBLEM, WAS, *self.told})

    @property
    def thing(self) -> str:
        """The column by which people know a row."""
        return "sku" if "sku" in self.key else self.key[0]

    @property
    def head(self) -> dict[str, str]:
        """What stands over the columns of a file of ours, and the attribute below it."""
        return {column.name: column.name for column in self.columns}

    def key_of(self, values: Values) -> tuple[str, ...]:
        return tuple(values.get(name, "").lower() for name in self.key)

    def check_header(self, header: Sequence[str]) -> None:
        """A file with a column too many, one twice, or one that is missing is refused as a whole."""
        for name in header:
            if name not in self.column and name not in self.says_nothing:
                raise Refused(f"We know no column called “{name[:40]}” {self._known}")
            if header.count(name) > 1:
                raise Refused(f"The column “{name}” is there twice.")
        missing = [column.name for column in self.columns if column.is_needed and column.name not in header]
        if missing:
            raise Refused(f"The column “{missing[0]}” is missing {self._known}")
        if not set(header) - set(self.key) - self.says_nothing:
            raise Refused(f"There is no column to change beside “{header[0]}” {self._known}")

    @property
    def _known(self) -> str:
        names = [column.name for column in self.columns]
        shown = ", ".join(names if len(names) < 16 else [*names[:12], "…"])
        return f"in a file of {self.label.lower()}. It may have {shown}."
