"""What stands already, in the words of a file; and what the rows of one import can be told about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.imports.columns import Values
from app.imports.kinds.kind import Problems


class Standing(NamedTuple):
    """A row of ours: its number, its version, and its texts by column."""

    row_id: int
    version: int
    texts: Mapping[str, str]


@dataclass(slots=True)
class ReadRow:
    """A row of a file: as it was typed, as it was read, and what is wrong with it."""

    line: int
    typed: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """Everything that the rows of one file touch, looked up together."""

    def in_our_words(self, _values: Values) -> Values:
        """Where people may write a name and we keep a code: the code."""
        return {}

    def standing(self, values: Values) -> Standing | None:
        """What this row is about; None where it is new."""
        raise NotImplementedError

    def unknown(self, values: Values) -> Problems:
        """Names in a row that nothing has: told even where other cells cannot be read."""
        raise NotImplementedError

    def problems(self, values: Values, _standing: Standing | None) -> Problems:
        """What is wrong with a row, seen beside what stands."""
        return self.unknown(values)

    def clashes(self, _rows: Sequence[ReadRow]) -> Mapping[int, Problems]:
        """By line: what is wrong with rows beside each other."""
        return {}

    def brings(self, _rows: Sequence[ReadRow]) -> Mapping[int, dict[str, str]]:
        """By line: what a good new row does to another row of ours."""
        return {}
