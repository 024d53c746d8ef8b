"""What the worker does with an import. Each promise ends with a verdict, however it goes."""

from collections.abc import Callable
from datetime import timedelta

from app.core import clock
from app.core.access import Permission, Viewer
from app.core.business import today
from app.core.database import db
from app.core.deadlines import OutOfTime, stopping
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage
from app.imports.kinds import KINDS
from app.imports.models import ImportJob, ImportState
from app.imports.queries import jobs
from app.imports.service import forgetting, giving_up, judging, writing
from app.web.parts import files

KEEP_ROWS = timedelta(days=90)
TRIES = 3  # whoever is still at it then is told that it failed
TOO_SLOW = "This file takes longer than a minute to read. Split it into smaller ones."


def read(message: OutboxMessage) -> None:
    _with_an_end(message, ImportState.READING, _read)


def commit(message: OutboxMessage) -> None:
    _with_an_end(
        message, ImportState.COMMITTING, lambda job, by: writing.commit(job.id, by=by, at=clock.now())
    )


def undo(message: OutboxMessage) -> None:
    _with_an_end(message, ImportState.UNDOING, lambda job, by: writing.undo(job.id, by=by, at=clock.now()))


def prune(_message: OutboxMessage) -> None:
    """Rows and files of imports that ended long ago."""
    forgetting.forget_before(clock.now() - KEEP_ROWS)


def forget_file(message: OutboxMessage) -> None:
    """Unless somebody sent the same content again."""
    name = message.payload["file"]
    if not jobs.needs_file(name):
        files().remove(name)


def _read(job: ImportJob, _by: Viewer) -> None:
    try:
        with files().open(job.file) as content:
            judging.judge(job.id, KINDS[job.kind], content, on=today())
    except NotFound:
        judging.refuse(job.id, "The file itself is gone. Send it again.")
    except OutOfTime:
        if stopping():
            raise
        db.session().invalidate()  # a connection that was cut off in the middle of a query stays unusable
        judging.refuse(job.id, TOO_SLOW)


def _with_an_end(
    message: OutboxMessage, state: ImportState, work: Callable[[ImportJob, Viewer], None]
) -> None:
    """A worker that dies over it again and again leaves it to people, not for ever in the middle."""
    by = _whoever_asked(message)
    job = jobs.import_seen_by(by, message.payload["import_id"])
    if job.state != state:
        return
    if message.attempts > TRIES:
        giving_up.give_up(job.id, state)
    else:
        work(job, by)


# Whoever asked was asked themselves what they may do.
MAY = frozenset({Permission.IMPORTS_RUN.value, *(kind.permission.value for kind in KINDS.values())})


def _whoever_asked(message: OutboxMessage) -> Viewer:
    asked = message.payload
    return Viewer(
        principal=asked["principal"],
        name=asked["name"],
        user_id=asked["person"],
        is_staff=True,
        permissions=MAY,
    )
