"""The verdict on every row of a file: nothing is changed by it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from app.core.errors import Refused
from app.core.transaction import use_case
from app.imports.cells import Row
from app.imports.columns import Unreadable, is_same
from app.imports.judges.around import Around, ReadRow, Standing
from app.imports.kinds import Kind
from app.imports.kinds.kind import Problems
from app.imports.models import ImportState, Verdict
from app.imports.queries import jobs
from app.imports.reading import Table, table_in
from app.imports.service.subjects import subject_of

Judged = dict[str, Any]


def judge(import_id: int, kind: Kind, file: BinaryIO, *, on: date) -> None:
    """Read outside of any transaction, looked up and written in one."""
    try:
        table = table_in(file)
        kind.check_header(table.header)
    except Refused as refusal:
        refuse(import_id, refusal.message)
        return
    columns = [name for name in table.header if name not in kind.says_nothing]
    jobs.tell_how_far(import_id, 0, len(table.rows))
    rows = [_read(row, table, kind) for row in table.rows]
    del table
    _keep(import_id, kind, columns, rows, on)


@use_case
def _keep(import_id: int, kind: Kind, columns: list[str], rows: list[ReadRow], on: date) -> None:
    if not _is_still_to_read(import_id):
        return
    judged = judged_rows(kind, columns, rows, on)
    for done in jobs.put_rows(import_id, judged):
        jobs.tell_how_far(import_id, done, len(rows))
    jobs.move(
        import_id,
        ImportState.READ,
        out_of=(ImportState.READING,),
        columns=columns,
        rows_done=len(rows),
        rows_total=len(rows),
        verdicts=dict(Counter(row["verdict"] for row in judged)),
        problem="",
    )


@use_case
def refuse(import_id: int, sentence: str) -> None:
    if not _is_still_to_read(import_id):
        return
    jobs.forget_rows(import_id)
    jobs.move(
        import_id,
        ImportState.REFUSED,
        out_of=(ImportState.READING,),
        problem=sentence[:300],
        rows_done=0,
        rows_total=0,
        verdicts={},
    )


def _is_still_to_read(import_id: int) -> bool:
    """A worker that was taken for dead comes too late: its rows must not replace what others go on with."""
    jobs.alone_with(import_id)
    return jobs.state_of(import_id) == ImportState.READING


def _read(row: Row, table: Table, kind: Kind) -> ReadRow:
    """Each cell by its column."""
    read = ReadRow(row.line, {})
    for name, cell in zip(table.header, row.cells, strict=False):
        if name in kind.says_nothing:
            continue
        read.typed[name] = cell.text
        try:
            read.values[name] = kind.column[name].read(cell)
        except Unreadable as sentence:
            read.problems[name] = str(sentence)
    if len(row.cells) != len(table.header):
        said = f"This row has {len(row.cells)} cells, and the header names {len(table.header)}."
        read.problems.setdefault(kind.thing, said)
    for column in kind.columns:
        if column.default is not None:
            read.values.setdefault(column.name, column.default)
    return read


def judged_rows(kind: Kind, columns: Sequence[str], rows: list[ReadRow], on: date) -> list[Judged]:
    _mark_doubles(kind, rows)
    told = [row for row in rows if not any(name in row.problems for name in kind.key)]
    around = subject_of(kind.name).around([row.values for row in told], on=on)
    for row in told:
        row.values |= around.in_our_words(row.values)
        row.problems = _wrong_with(row, kind, around) | row.problems
    right = {row.line: row for row in told if not row.problems}
    for line, problems in around.clashes([*right.values()]).items():
        right[line].problems |= problems
    for line, before in around.brings([row for row in right.values() if not row.problems]).items():
        right[line].before = before
    return [_judged(kind, columns, row, around) for row in rows]


def _wrong_with(row: ReadRow, kind: Kind, around: Around) -> Problems:
    """Where a cell cannot be read, the others are not judged beside it; but a name that nothing has is told."""
    standing = around.standing(row.values)
    missing = _missing(kind, row) if standing is None else {}
    if row.problems:
        return missing | around.unknown(row.values)
    return missing | around.problems(row.values, standing)


def _mark_doubles(kind: Kind, rows: Sequence[ReadRow]) -> None:
    """The first of two is read, the second is wrong and names it."""
    keys: dict[tuple[str, ...], int] = {}
    for row in rows:
        if not any(name in row.problems for name in kind.key):
            first = keys.setdefault(kind.key_of(row.values), row.line)
            if first != row.line:
                row.problems[kind.thing] = f"Row {first} says this already."
    for column in (column for column in kind.columns if column.is_unique):
        seen: dict[str, int] = {}
        for row in rows:
            value = row.values.get(column.name, "")
            if value and not row.problems and seen.setdefault(value, row.line) != row.line:
                row.problems[column.name] = f"Row {seen[value]} has the same."


def _missing(kind: Kind, row: ReadRow) -> Problems:
    names = [column.name for column in kind.columns if column.is_needed_if_new]
    return {
        name: f"A new {kind.one} needs a {name.replace('_', ' ')}."
        for name in names
        if name not in row.values and name not in row.problems
    }


def _judged(kind: Kind, columns: Sequence[str], row: ReadRow, around: Around) -> Judged:
    judged: Judged = {"line": row.line, "typed": row.typed, "values": row.values, "problems": row.problems}
    if row.problems:
        return judged | {"verdict": Verdict.WRONG, "values": {}, "before": {}, "row_id": None}
    standing = around.standing(row.values)
    if standing is None:
        return judged | {"verdict": Verdict.NEW, "before": row.before, "row_id": None}
    before = dict(differences(kind, columns, row.values, standing))
    verdict = Verdict.CHANGED if before else Verdict.SAME
    return judged | {"verdict": verdict, "before": before, "row_id": standing.row_id}


def differences(
    kind: Kind, columns: Sequence[str], values: Mapping[str, str], standing: Standing
) -> Iterator[tuple[str, str]]:
    """What stands, where the file says something else. A key is a key in any case of letters."""
    for name in columns:
        stands = standing.texts[name]
        is_key = name in kind.key and stands.lower() == values[name].lower()
        if not is_key and not is_same(values[name], stands):
            yield name, stands
