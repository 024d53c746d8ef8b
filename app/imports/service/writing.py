"""An import is written as a whole, or not at all; and taken back as a whole, as long as nobody touched it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.access import Viewer
from app.core.transaction import use_case
from app.imports.columns import Values
from app.imports.kinds import KINDS
from app.imports.models import ImportJob, ImportState, Verdict
from app.imports.queries import history, jobs
from app.imports.queries.parts import Part, Touched
from app.imports.service.judging import differences
from app.imports.service.subjects import Step, last_steps, subject_of

AT_A_TIME = 2_000
CHANGED_SINCE = "Something was changed since this file was checked, so nothing was imported. Check it again."
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Way:
    """Forwards or back: from which state to which, and what the log calls it."""

    out_of: ImportState
    into: ImportState
    if_touched: ImportState
    action: str
    undone: bool


FORWARDS = Way(ImportState.COMMITTING, ImportState.COMMITTED, ImportState.READ, "imported", undone=False)
BACK = Way(ImportState.UNDOING, ImportState.UNDONE, ImportState.COMMITTED, "import_undone", undone=True)


def commit(import_id: int, *, by: Viewer, at: datetime) -> None:
    """Rows that were changed since they were judged stop all of it."""
    try:
        _write(import_id, by=by, at=at)
    except (Touched, IntegrityError):
        _stop(import_id, FORWARDS, CHANGED_SINCE)


def undo(import_id: int, *, by: Viewer, at: datetime) -> None:
    try:
        _take_back(import_id, by=by, at=at)
    except Touched as touched:
        _stop(import_id, BACK, str(touched))
    except IntegrityError:
        _stop(import_id, BACK, "Something else needs what this import brought, so it cannot be undone.")


@use_case
def _write(import_id: int, *, by: Viewer, at: datetime) -> None:
    job = _at_work(import_id, FORWARDS, by)
    if job is None:
        return
    _refuse_what_moved(job)
    steps = subject_of(job.kind).WRITING
    _carry_out(job, steps, FORWARDS, by=by, at=at)


@use_case
def _take_back(import_id: int, *, by: Viewer, at: datetime) -> None:
    job = _at_work(import_id, BACK, by)
    if job is None:
        return
    _refuse_what_was_touched(job)
    _carry_out(job, subject_of(job.kind).TAKING_BACK, BACK, by=by, at=at)


@use_case
def _stop(import_id: int, way: Way, sentence: str) -> None:
    jobs.move(import_id, way.if_touched, out_of=(way.out_of,), problem=sentence[:300])


def _at_work(import_id: int, way: Way, by: Viewer) -> ImportJob | None:
    """None when somebody else did it meanwhile: a worker that was taken for dead."""
    jobs.alone_with()
    job = jobs.import_seen_by(by, import_id)
    return job if job.state == way.out_of else None


def _carry_out(job: ImportJob, steps: Sequence[Step], way: Way, *, by: Viewer, at: datetime) -> None:
    """All but the last step at leisure; then nothing is left to do, and whoever waits for a shelf waits for that."""
    whole = Part(job.id, 1, jobs.last_line_of(job.id), frozenset(job.columns), by, at)
    parts = [
        replace(whole, first=first, last=first + AT_A_TIME - 1)
        for first in range(1, whole.last + 1, AT_A_TIME)
    ]
    note = _note_of(job, way)
    work = [note, *steps] if way.undone else [*steps, note]  # each event tells of a row that is there
    for done, (step, part) in enumerate(product(work, parts), 1):
        step(part)
        jobs.tell_how_far(job.id, job.rows_total * done // (len(work) * len(parts)), job.rows_total)
    jobs.take_stock_of(*subject_of(job.kind).TABLES)
    audit.record(f"import.{way.into.value}", job, by=by, diff=_figures(jobs.counts_of(job.id)))
    _end(job, way, at)
    for step in last_steps(job.kind, undone=way.undone):
        step(whole)


def _note_of(job: ImportJob, way: Way) -> Step:
    subject = subject_of(job.kind)
    action = f"{subject.WORD}.{way.action}"

    def note(part: Part) -> None:
        history.note_rows(part, action, entity=subject.ENTITY, named_by=subject.NAMED_BY, undone=way.undone)

    return note


def _end(job: ImportJob, way: Way, at: datetime) -> None:
    when: dict[str, Any] = {"undone_at": at} if way.undone else {"committed_at": at}
    if not jobs.move(job.id, way.into, out_of=(way.out_of,), rows_done=job.rows_total, problem="", **when):
        raise Touched(CHANGED_SINCE)


def _figures(counts: dict[str, int]) -> audit.Diff:
    return {name: [None, count] for name, count in counts.items() if count}


def _refuse_what_moved(job: ImportJob) -> None:
    """Every row is judged again, with what stands locked, and must come out as before."""
    rows = jobs.good_rows(job.id)
    around = subject_of(job.kind).around([row.values for row in rows], locked=True)
    for row in rows:
        standing = around.standing(row.values)
        if (standing is None) != (row.verdict == Verdict.NEW):
            raise Touched(CHANGED_SINCE)
        if standing is None:
            continue
        if dict(differences(KINDS[job.kind], job.columns, row.values, standing)) != row.before:
            raise Touched(CHANGED_SINCE)
        if around.problems(row.values, standing):
            raise Touched(CHANGED_SINCE)


def _refuse_what_was_touched(job: ImportJob) -> None:
    rows = [row for row in jobs.good_rows(job.id) if row.verdict in {Verdict.NEW, Verdict.CHANGED}]
    around = subject_of(job.kind).around([row.values for row in rows], locked=True)
    touched = [row.line for row in rows if not _is_as_written(job, row, around.standing(row.values))]
    touched = sorted({*touched, *subject_of(job.kind).lines_in_use(job.id)})
    if touched:
        named = ", ".join(f"{line:,}" for line in touched[:MOST_NAMED])
        more = f" and {len(touched) - MOST_NAMED:,} more" if len(touched) > MOST_NAMED else ""
        these = "Row" if len(touched) == 1 else "Rows"
        raise Touched(
            f"{these} {named}{more} of this import {'was' if len(touched) == 1 else 'were'} changed or used since, "
            "so it cannot be undone as a whole."
        )


def _is_as_written(job: ImportJob, row: Any, standing: Any) -> bool:
    if standing is None or (row.version_after is not None and row.version_after != standing.version):
        return False
    values: Values = row.values
    return not dict(differences(KINDS[job.kind], job.columns, values, standing))
