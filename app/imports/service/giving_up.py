"""After several tries: an end that people see, and from which they can go on."""

from app.core.transaction import use_case
from app.imports.models import ImportState
from app.imports.queries import jobs

WHERE_TO = {
    ImportState.READING: (ImportState.FAILED, "We tried several times to read this file, without an end."),
    ImportState.COMMITTING: (
        ImportState.READ,
        "We tried several times to import this, without an end. Nothing was changed.",
    ),
    ImportState.UNDOING: (
        ImportState.COMMITTED,
        "We tried several times to undo this, without an end. Nothing was changed.",
    ),
}


@use_case
def give_up(import_id: int, state: ImportState) -> None:
    into, sentence = WHERE_TO[state]
    jobs.move(import_id, into, out_of=(state,), problem=sentence)
