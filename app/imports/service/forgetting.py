"""Long after an import ended nobody asks for its rows and its file: what it was, and its figures, stay."""

from datetime import datetime

from app.core import outbox
from app.core.transaction import use_case
from app.imports.queries import jobs


@use_case
def forget_before(moment: datetime) -> None:
    """The files go when this is committed, each by itself."""
    old = jobs.ended_before(moment)
    for name in sorted({job.file for job in old}):
        outbox.promise("imports.forget_file", file=name)
    for job in old:
        jobs.forget_rows(job.id)
        job.file = ""
