"""An import is written as a whole, or not at all; and taken back as a whole, as long as nobody touched it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError

from app.core import audit
from app.core.access import Viewer
from app.core.business import business
from app.core.clock import business_day
from app.core.transaction import use_case
from app.imports.judges.around import Standing
from app.imports.kinds import KINDS
from app.imports.models import ImportJob, ImportState, Verdict
from app.imports.queries import history, jobs
from app.imports.queries.parts import TO_WRITE, Part, Touched
from app.imports.service.judging import differences
from app.imports.service.subjects import Step, Subject, subject_of

AT_A_TIME = 2_000
CHANGED_SINCE = "Something was changed since this file was checked, so nothing was imported. Check it again."
USED_SINCE = "Something of this import was changed or used since, so it cannot be undone as a whole."
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
    except DataError:
        _stop(
            import_id,
            FORWARDS,
            "Some value of this file does not fit where it belongs. Nothing was imported.",
        )


def undo(import_id: int, *, by: Viewer, at: datetime) -> None:
    try:
        _take_back(import_id, by=by, at=at)
    except Touched as touched:
        _stop(import_id, BACK, str(touched) or USED_SINCE)
    except IntegrityError:
        _stop(import_id, BACK, USED_SINCE)


@use_case
def _write(import_id: int, *, by: Viewer, at: datetime) -> None:
    job = _at_work(import_id, FORWARDS, by)
    if job is None:
        return
    subject = subject_of(job.kind)
    _refuse_what_moved(job, subject, _day(at))
    _carry_out(job, subject.WRITING, FORWARDS, by=by, at=at)
    _finish(job, subject.LAST, FORWARDS, by=by, at=at)


@use_case
def _take_back(import_id: int, *, by: Viewer, at: datetime) -> None:
    job = _at_work(import_id, BACK, by)
    if job is None:
        return
    subject = subject_of(job.kind)
    _refuse_what_was_touched(job, subject, _day(job.committed_at or at))
    _carry_out(job, subject.TAKING_BACK, BACK, by=by, at=at)
    _finish(job, subject.LAST_BACK, BACK, by=by, at=at)


@use_case
def _stop(import_id: int, way: Way, sentence: str) -> None:
    jobs.move(import_id, way.if_touched, out_of=(way.out_of,), problem=sentence[:300])


def _at_work(import_id: int, way: Way, by: Viewer) -> ImportJob | None:
    """None when somebody else did it meanwhile: a worker that was taken for dead."""
    jobs.alone_with()
    job = jobs.import_seen_by(by, import_id)
    return job if job.state == way.out_of else None


def _carry_out(job: ImportJob, steps: Sequence[Step], way: Way, *, by: Viewer, at: datetime) -> None:
    """At leisure, some rows at a time."""
    whole = _whole(job, by, at)
    parts = [
        replace(whole, first=first, last=first + AT_A_TIME - 1)
        for first in range(1, whole.last + 1, AT_A_TIME)
    ]
    note = _note_of(job, way)
    work = [note, *steps] if way.undone else [*steps, note]  # each event tells of a row that is there
    for done, (step, part) in enumerate(product(work, parts), 1):
        step(part)
        jobs.tell_how_far(job.id, job.rows_total * done // (len(work) * len(parts)), job.rows_total)


def _finish(job: ImportJob, last_steps: Sequence[Step], way: Way, *, by: Viewer, at: datetime) -> None:
    """All but the last steps; then nothing is left to do, and whoever waits for a shelf waits for those alone."""
    whole = _whole(job, by, at)
    jobs.take_stock_of(*subject_of(job.kind).TABLES)
    audit.record(f"import.{way.into.value}", job, by=by, diff=_figures(job.counts))
    _end(job, way, at)
    for step in last_steps:
        step(whole)


def _whole(job: ImportJob, by: Viewer, at: datetime) -> Part:
    return Part(job.id, 1, jobs.last_line_of(job.id), frozenset(job.columns), by, at)


def _day(at: datetime) -> date:
    return business_day(at, business().time_zone)


def _note_of(job: ImportJob, way: Way) -> Step:
    subject = subject_of(job.kind)
    action = f"{subject.WORD}.{way.action}"

    def note(part: Part) -> None:
        history.note_rows(part, action, entity=subject.ENTITY, named_by=subject.NAMED_BY, undone=way.undone)

    return note


def _end(job: ImportJob, way: Way, at: datetime) -> None:
    when: dict[str, Any] = {"undone_at": at} if way.undone else {"committed_at": at}
    if not jobs.move(job.id, way.into, out_of=(way.out_of,), rows_done=job.rows_total, problem="", **when):
        raise Touched


def _figures(counts: dict[str, int]) -> audit.Diff:
    return {name: [None, count] for name, count in counts.items() if count}


def _refuse_what_moved(job: ImportJob, subject: Subject, today: date) -> None:
    """Every row is judged again, with what stands locked, and must come out as before."""
    rows = jobs.good_rows(job.id)
    around = subject.around([row.values for row in rows], on=today, locked=True)
    for row in rows:
        standing = around.standing(row.values)
        if not _is_as_judged(job, row, standing) or around.problems(row.values, standing):
            raise Touched


def _is_as_judged(job: ImportJob, row: Any, standing: Standing | None) -> bool:
    if standing is None or row.verdict == Verdict.NEW:
        return standing is None and row.verdict == Verdict.NEW
    before = dict(differences(KINDS[job.kind], job.columns, row.values, standing))
    return (standing.row_id, before) == (row.row_id, row.before)


def _refuse_what_was_touched(job: ImportJob, subject: Subject, day: date) -> None:
    """What a row was about is looked for as it was on the day of the import."""
    rows = [row for row in jobs.good_rows(job.id) if row.verdict in TO_WRITE]
    around = subject.around([row.values for row in rows], on=day, locked=True)
    touched = [row.line for row in rows if not _is_as_written(job, row, around.standing(row.values))]
    touched = sorted({*touched, *subject.lines_in_use(job.id)})
    if touched:
        named = ", ".join(f"{line:,}" for line in touched[:MOST_NAMED])
        more = f" and {len(touched) - MOST_NAMED:,} more" if len(touched) > MOST_NAMED else ""
        these = "Row" if len(touched) == 1 else "Rows"
        raise Touched(
            f"{these} {named}{more} of this import {'was' if len(touched) == 1 else 'were'} changed or used since, "
            "so it cannot be undone as a whole."
        )


def _is_as_written(job: ImportJob, row: Any, standing: Standing | None) -> bool:
    if standing is None or (row.version_after is not None and row.version_after != standing.version):
        return False
    return not dict(differences(KINDS[job.kind], job.columns, row.values, standing))
