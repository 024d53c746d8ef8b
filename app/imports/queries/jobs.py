"""Imports and their rows: the list, one of them, and the one statement that moves each to its next state."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.models import User
from app.core.access import Viewer
from app.core.database import db, rows_changed, told_at_once
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE, Page, Sort, page_of
from app.core.streaming import EveryRow
from app.imports.kinds import KINDS
from app.imports.models import AT_WORK, ImportJob, ImportRow, ImportState, Verdict

LOCKS = 7_301  # the kind of advisory lock: one import is written at a time, each is read by one worker
EVERYBODY = 0
ROW: tuple[ColumnElement[Any], ...] = (
    column("line", Integer),
    column("verdict", Text),
    column("row_id", BigInteger),
    *(column(name, JSONB) for name in ("typed", "values", "before", "problems")),
)
AT_A_TIME = 2_000
NEWEST_FIRST = Sort(ImportJob.id, ImportJob.id, descending=True)
AS_IN_THE_FILE = Sort(ImportRow.line, ImportRow.line)


def import_seen_by(viewer: Viewer, import_id: int) -> ImportJob:
    """One of us sees the imports of what they may change themselves."""
    question = select(ImportJob).where(ImportJob.id == import_id)
    found = db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()
    if found is None or not viewer.is_staff:
        raise NotFound("We cannot find that import.")
    KINDS[found.kind].open_to(viewer)
    return found


def imports_listed(viewer: Viewer, *, after: str | None = None, before: str | None = None) -> Page[Any]:
    return page_of(_imports(viewer), NEWEST_FIRST, after=after, before=before, size=20)


def every_import(viewer: Viewer) -> EveryRow:
    return EveryRow(_imports(viewer), NEWEST_FIRST)


def _imports(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    open_kinds = [name for name, kind in KINDS.items() if viewer.may(kind.permission)]
    imports = select(
        ImportJob.id,
        ImportJob.kind,
        ImportJob.state,
        ImportJob.filename,
        ImportJob.rows_total,
        ImportJob.created_at,
        *(func.coalesce(ImportJob.verdicts[verdict].as_integer(), 0).label(verdict) for verdict in Verdict),
        User.name.label("who"),
    ).outerjoin(User, User.id == ImportJob.created_by)
    return imports.where(ImportJob.kind.in_(open_kinds))


def rows_listed(
    import_id: int,
    verdict: str,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    return page_of(_rows(import_id, verdict), AS_IN_THE_FILE, after=after, before=before, size=size)


def every_row(import_id: int, verdict: str) -> EveryRow:
    return EveryRow(_rows(import_id, verdict), AS_IN_THE_FILE)


def _rows(import_id: int, verdict: str) -> Select[*tuple[Any, ...]]:
    shown = (ImportRow.typed, ImportRow.values, ImportRow.before, ImportRow.problems)
    rows = select(ImportRow.line, ImportRow.verdict, *shown)
    return rows.where(ImportRow.import_job_id == import_id, ImportRow.verdict == verdict)


def first_problems(import_id: int, limit: int = 5) -> Sequence[Any]:
    return db.session.execute(
        select(ImportRow.line, ImportRow.problems)
        .where(ImportRow.import_job_id == import_id, ImportRow.verdict == Verdict.WRONG)
        .order_by(ImportRow.line)
        .limit(limit)
    ).all()


def good_rows(import_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(
            ImportRow.line,
            ImportRow.verdict,
            ImportRow.values,
            ImportRow.before,
            ImportRow.row_id,
            ImportRow.version_after,
        )
        .where(ImportRow.import_job_id == import_id, ImportRow.verdict != Verdict.WRONG)
        .order_by(ImportRow.line)
    ).all()


def last_line_of(import_id: int) -> int:
    question = select(func.max(ImportRow.line)).where(ImportRow.import_job_id == import_id)
    return db.session.scalar(question) or 0


def forget_rows(import_id: int) -> None:
    db.session.execute(delete(ImportRow).where(ImportRow.import_job_id == import_id))


def put_rows(import_id: int, rows: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """In the place of whatever was read before; how many are there, after each of several steps."""
    forget_rows(import_id)
    for start in range(0, len(rows), AT_A_TIME):
        some = rows[start : start + AT_A_TIME]
        put = func.jsonb_to_recordset(literal(some, JSONB)).table_valued(*ROW).render_derived(with_types=True)
        db.session.execute(
            insert(ImportRow).from_select(
                ["import_job_id", *put.c.keys()], select(literal(import_id), *put.c)
            )
        )
        yield start + len(some)
    take_stock_of(ImportRow.__tablename__)


def move(
    import_id: int,
    state: ImportState,
    *,
    out_of: Sequence[ImportState],
    by: Viewer | None = None,
    **facts: Any,
) -> bool:
    """One statement decides who moved it. False when it stands elsewhere."""
    editor = {"updated_by": by.user_id} if by else {}
    moved = rows_changed(
        update(ImportJob)
        .where(ImportJob.id == import_id, ImportJob.state.in_(out_of))
        .values(state=state, version=ImportJob.version + 1, **editor, **facts)
        .execution_options(synchronize_session=False)
    )
    return moved == 1


def tell_how_far(import_id: int, done: int, total: int) -> None:
    """For whoever watches: seen before the work is committed, and forgotten when it is not."""
    told_at_once(update(ImportJob).where(ImportJob.id == import_id).values(rows_done=done, rows_total=total))


def ended_before(moment: datetime) -> Sequence[ImportJob]:
    """Nobody has moved them since, and their rows and files are still here."""
    ended = (ImportJob.updated_at < moment, ImportJob.state.not_in(AT_WORK), ImportJob.file != "")
    return db.session.scalars(select(ImportJob).where(*ended).order_by(ImportJob.id).with_for_update()).all()


def needs_file(name: str) -> bool:
    """The same content twice is one file."""
    return bool(db.session.scalar(select(exists().where(ImportJob.file == name))))


def state_of(import_id: int) -> ImportState | None:
    return db.session.scalar(select(ImportJob.state).where(ImportJob.id == import_id))


def take_stock_of(*tables: str) -> None:
    """PostgreSQL plans for what it knows of a table: after so many new rows it must look again, now and not soon."""
    db.session.execute(text(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}"))


def alone_with(import_id: int = EVERYBODY) -> None:
    """Until the commit. Whoever comes meanwhile is told that we are busy, and tries again."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCKS, import_id)))
