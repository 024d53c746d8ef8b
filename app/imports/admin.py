"""Imports for staff: sending a file, what would become of each row, writing it, taking it back."""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.imports import words
from app.imports.forms import UploadForm
from app.imports.kinds import KINDS
from app.imports.kinds.kind import PROBLEM, WAS
from app.imports.models import ImportJob, ImportKind, Verdict
from app.imports.queries import jobs
from app.imports.reading.bounds import MOST_BYTES
from app.imports.service import sending
from app.imports.service.subjects import subject_of
from app.web.access import requires, viewer
from app.web.arrival import takes_file
from app.web.csv import csv_of
from app.web.forms import Form
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked
from app.web.parts import files

bp = Blueprint("imports", __name__, url_prefix="/admin")

KIND = f"any({', '.join(ImportKind)})"
LIST_AS_CSV = {
    "Number": "id",
    "File": "filename",
    "What": "kind",
    "Rows": "rows_total",
    "New": "new",
    "Changed": "changed",
    "Same": "same",
    "To fix": "wrong",
    "Sent": "created_at",
    "By": "who",
    "State": "state",
}
DONE = {
    "commit": (sending.commit, "The import has begun"),
    "undo": (sending.undo, "The import is being undone"),
    "check": (sending.read_again, "The file is read again"),
}


@bp.get("/imports")
@requires(Permission.IMPORTS_RUN, staff=True)
def imports() -> ResponseReturnValue:
    return _list(UploadForm.for_viewer(viewer()))


@bp.post("/imports")
@requires(Permission.IMPORTS_RUN, staff=True)
@takes_file(at_most=MOST_BYTES)
def send() -> ResponseReturnValue:
    form = UploadForm.for_viewer(viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            kept = files().keep(form.file.data.stream, largest=MOST_BYTES)
            return _begun(form, kept.name)
    return _list(form)


@once
def _begun(form: UploadForm, file: str) -> ResponseReturnValue:
    """The file is kept before any transaction begins."""
    job = sending.begin(**form.sent(), file=file, by=viewer())
    return redirect(url_for(".show", import_id=job.id), code=303)


def _list(form: UploadForm) -> ResponseReturnValue:
    wanted = asked(sorts=("-at",))
    page = jobs.imports_listed(viewer(), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "imports", one="import")
    return form.page("imports/list.html", listing=listing, kinds=KINDS, words=words)


@bp.get("/imports.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def imports_csv() -> ResponseReturnValue:
    return csv_of("imports", jobs.every_import(viewer()), LIST_AS_CSV)


@bp.get("/imports/<int:import_id>")
@requires(Permission.IMPORTS_RUN, staff=True)
def show(import_id: int) -> ResponseReturnValue:
    job = jobs.import_seen_by(viewer(), import_id)
    wanted = _wanted()
    here = _verdict(wanted, job)
    page = jobs.rows_listed(import_id, here, after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "rows", one="row")
    problems = jobs.first_problems(import_id) if job.counts["wrong"] else ()
    around = {"kind": KINDS[job.kind], "here": here, "first_problems": problems, "words": words}
    return render_template("imports/show.html", job=job, listing=listing, **around)


@bp.get("/imports/<int:import_id>.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def rows_csv(import_id: int) -> ResponseReturnValue:
    """The columns of the file and one more, so that it can be sent again."""
    job = jobs.import_seen_by(viewer(), import_id)
    here = _verdict(_wanted(), job)
    note, told = (PROBLEM, _of_a_wrong_one) if here == Verdict.WRONG else (WAS, _of_a_good_one)
    rows = map(told, jobs.every_row(import_id, here))
    return csv_of(f"{job.kind}-{here}", rows, {name: name for name in [*job.columns, note]})


def _wanted() -> Asked:
    return asked("verdict", sorts=("line",))


def _verdict(wanted: Asked, job: ImportJob) -> str:
    """The one that is asked for; else the first that any row has."""
    filled = [tab for tab in words.VERDICTS if job.counts[tab]]
    return wanted["verdict"] if wanted["verdict"] in words.VERDICTS else (filled or [Verdict.NEW.value])[0]


@bp.get("/imports/<int:import_id>/undo")
@requires(Permission.IMPORTS_RUN, staff=True)
def ask_undo(import_id: int) -> ResponseReturnValue:
    job = jobs.import_seen_by(viewer(), import_id)
    return Form().page("imports/undo.html", job=job, kind=KINDS[job.kind])


@bp.post("/imports/<int:import_id>/<any(commit, undo, check):verb>")
@requires(Permission.IMPORTS_RUN, staff=True)
@once
def act(import_id: int, verb: str) -> ResponseReturnValue:
    do, said = DONE[verb]
    do(import_id, by=viewer())
    flash(said, "good")
    return redirect(url_for(".show", import_id=import_id), code=303)


def _of_a_wrong_one(row: Any) -> SimpleNamespace:
    return _Blank(**row.typed, **{PROBLEM: _listed(row.problems)})


def _of_a_good_one(row: Any) -> SimpleNamespace:
    return _Blank(**row.values, **{WAS: _listed(row.before) if row.verdict == Verdict.CHANGED else ""})


def _listed(texts: dict[str, str]) -> str:
    return " ".join(f"{name}: {text}" for name, text in texts.items())


class _Blank(SimpleNamespace):
    """A row that was too short has nothing in its last columns."""

    def __getattr__(self, _name: str) -> str:
        return ""


@bp.get(f"/imports/templates/<{KIND}:kind>.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def template(kind: str) -> ResponseReturnValue:
    response = Response("\ufeff" + ",".join(KINDS[ImportKind(kind)].column) + "\r\n", mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={kind}-template.csv"
    return response


@bp.get(f"/imports/now/<{KIND}:kind>.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def now(kind: str) -> ResponseReturnValue:
    """What stands, in the columns of an import."""
    head = KINDS[ImportKind(kind)].open_to(viewer()).head
    return csv_of(kind, subject_of(kind).every_row(), head)
