"""What a person asks for: to read a file, to write it, to take it back. The worker does it."""

from collections.abc import Sequence
from typing import Any

from app.core import audit, outbox
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Conflict
from app.core.transaction import use_case
from app.imports.kinds import KINDS
from app.imports.models import ImportJob, ImportKind, ImportState
from app.imports.queries import jobs
from app.imports.words import FORGOTTEN, STATES

READ_AGAIN = (ImportState.READ, ImportState.REFUSED, ImportState.FAILED, ImportState.UNDONE)


@use_case
def begin(*, kind: ImportKind, filename: str, file: str, by: Viewer) -> ImportJob:
    """The file is kept already; nothing of it was looked at."""
    KINDS[kind].open_to(by)
    job = ImportJob(
        kind=kind,
        filename=filename,
        file=file,
        state=ImportState.READING,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    db.session.add(job)
    db.session.flush()
    audit.record("import.sent", job, by=by, diff={"kind": [None, kind], "file": [None, filename]})
    _promise("imports.read", job, by)
    return job


@use_case
def read_again(import_id: int, *, by: Viewer) -> ImportJob:
    """Things have changed since it was judged, or something failed."""
    return _moved(import_id, ImportState.READING, READ_AGAIN, "imports.read", by)


@use_case
def commit(import_id: int, *, by: Viewer) -> ImportJob:
    """Every good row, in one transaction of the worker's."""
    return _moved(import_id, ImportState.COMMITTING, (ImportState.READ,), "imports.commit", by)


@use_case
def undo(import_id: int, *, by: Viewer) -> ImportJob:
    return _moved(import_id, ImportState.UNDOING, (ImportState.COMMITTED,), "imports.undo", by)


def _moved(
    import_id: int, state: ImportState, out_of: Sequence[ImportState], topic: str, by: Viewer
) -> ImportJob:
    job = jobs.import_seen_by(by, import_id)
    if job.is_forgotten:
        raise Conflict(FORGOTTEN)
    if not jobs.move(import_id, state, out_of=out_of, by=by, problem="", rows_done=0):
        now = jobs.import_seen_by(by, import_id).state
        raise Conflict(
            f"This import is {STATES[now][1].lower()}, so that cannot be done now. Look at it again."
        )
    if state == ImportState.COMMITTING and job.counts["new"] + job.counts["changed"] == 0:
        raise Conflict("No row of this file changes anything.")
    _promise(topic, job, by)
    return jobs.import_seen_by(by, import_id)


def _promise(topic: str, job: ImportJob, by: Viewer) -> None:
    who: dict[str, Any] = {"principal": by.principal, "name": by.name, "person": by.user_id}
    outbox.promise(topic, import_id=job.id, **who)
