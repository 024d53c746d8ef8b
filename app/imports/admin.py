"""Imports for staff: sending a file, what would become of each row, writing it, taking it back."""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.imports import words
from app.imports.forms import UploadForm
from app.imports.kinds import KINDS
from app.imports.kinds.kind import PROBLEM
from app.imports.models import ImportJob
from app.imports.queries import jobs
from app.imports.reading.bounds import MOST_BYTES
from app.imports.service import sending
from app.imports.service.subjects import subject_of
from app.web.access import requires, viewer
from app.web.arrival import takes_file
from app.web.csv import csv_of
from app.web.idempotency import once
from app.web.listing import Listing, asked
from app.web.parts import files

bp = Blueprint("imports", __name__, url_prefix="/admin/imports")

KIND = "any(products, prices, stock, customers)"
DONE = {
    "commit": (sending.commit, "The import has begun"),
    "undo": (sending.undo, "The import is being undone"),
    "check": (sending.read_again, "The file is read again"),
}


@bp.get("")
@requires(Permission.IMPORTS_RUN, staff=True)
def imports() -> ResponseReturnValue:
    return _list(UploadForm.for_viewer(viewer()))


@bp.post("")
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
    page = jobs.imports_listed(after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "imports", one="import")
    return form.page("imports/list.html", listing=listing, kinds=KINDS, words=words)


@bp.get("/<int:import_id>")
@requires(Permission.IMPORTS_RUN, staff=True)
def show(import_id: int) -> ResponseReturnValue:
    job = jobs.import_seen_by(viewer(), import_id)
    return _page_of(job, jobs.counts_of(import_id))


def _page_of(job: ImportJob, counts: dict[str, int]) -> str:
    wanted = asked("verdict", sorts=("line",))
    filled = [tab for tab in words.VERDICTS if counts[tab]]
    here = wanted["verdict"] if wanted["verdict"] in words.VERDICTS else (filled or ["new"])[0]
    page = jobs.rows_listed(job.id, here, after=wanted.after, before=wanted.before)
    return render_template(
        "imports/show.html",
        job=job,
        kind=KINDS[job.kind],
        counts=counts,
        here=here,
        listing=Listing(page, wanted, "rows", one="row"),
        first_problems=jobs.first_problems(job.id) if counts["wrong"] else (),
        words=words,
    )


@bp.post("/<int:import_id>/<any(commit, undo, check):verb>")
@requires(Permission.IMPORTS_RUN, staff=True)
@once
def act(import_id: int, verb: str) -> ResponseReturnValue:
    do, said = DONE[verb]
    do(import_id, by=viewer())
    flash(said, "good")
    return redirect(url_for(".show", import_id=import_id), code=303)


@bp.get("/<int:import_id>/wrong.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def wrong_rows(import_id: int) -> ResponseReturnValue:
    job = jobs.import_seen_by(viewer(), import_id)
    head = {name: name for name in [*job.columns, PROBLEM]}
    return csv_of(f"{job.kind}-to-fix", map(_with_its_problem, jobs.wrong_rows(import_id)), head)


def _with_its_problem(row: Any) -> SimpleNamespace:
    problems = " ".join(f"{name}: {said}" for name, said in row.problems.items())
    return _Blank(**row.typed, **{PROBLEM: problems})


class _Blank(SimpleNamespace):
    """A row that was too short has nothing in its last columns."""

    def __getattr__(self, _name: str) -> str:
        return ""


@bp.get(f"/templates/<{KIND}:kind>.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def template(kind: str) -> ResponseReturnValue:
    response = Response("\ufeff" + ",".join(KINDS[kind].column) + "\r\n", mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={kind}-template.csv"
    return response


@bp.get(f"/now/<{KIND}:kind>.csv")
@requires(Permission.IMPORTS_RUN, staff=True)
def now(kind: str) -> ResponseReturnValue:
    """What stands, in the columns of an import."""
    return csv_of(kind, subject_of(kind).every_row(), KINDS[kind].head)
