"""Imports, for programs: send a file, read the verdict, write it, take it back."""

from typing import Any

from app.core.access import Permission
from app.imports.forms import name_of
from app.imports.queries import jobs
from app.imports.reading.bounds import MOST_BYTES
from app.imports.schemas import ImportOut, ImportSent
from app.imports.service import sending
from app.web.access import requires, viewer
from app.web.api import api
from app.web.arrival import takes_file
from app.web.parts import files


@api.post("/imports", body=ImportSent, takes_file=True, answer=ImportOut, status=202)
@requires(Permission.IMPORTS_RUN, staff=True)
@takes_file(at_most=MOST_BYTES)
def send_import(body: ImportSent) -> dict[str, Any]:
    """Send a CSV or XLSX file. Nothing is changed yet: ask for the import until its state is "read"."""
    kept = files().keep(body.file.stream, largest=MOST_BYTES)
    filename = name_of(body.file.filename)
    return _told(sending.begin(kind=body.kind, filename=filename, file=kept.name, by=viewer()).id)


@api.get("/imports/<int:import_id>", answer=ImportOut)
@requires(Permission.IMPORTS_RUN, staff=True)
def show_import(import_id: int) -> dict[str, Any]:
    """Show what has become of a file, and how many of its rows are new, changed, the same or wrong."""
    return _told(import_id)


@api.post("/imports/<int:import_id>/commit", answer=ImportOut, status=202, refusals=(409,))
@requires(Permission.IMPORTS_RUN, staff=True)
def commit_import(import_id: int) -> dict[str, Any]:
    """Import every good row, all of them or none. Wrong rows stay out."""
    return _told(sending.commit(import_id, by=viewer()).id)


@api.post("/imports/<int:import_id>/undo", answer=ImportOut, status=202, refusals=(409,))
@requires(Permission.IMPORTS_RUN, staff=True)
def undo_import(import_id: int) -> dict[str, Any]:
    """Take the whole import back, as long as nobody has touched its rows."""
    return _told(sending.undo(import_id, by=viewer()).id)


def _told(import_id: int) -> dict[str, Any]:
    job = jobs.import_seen_by(viewer(), import_id)
    facts = {name: getattr(job, name) for name in ImportOut.model_fields if name != "rows"}
    return facts | {"rows": job.counts}
