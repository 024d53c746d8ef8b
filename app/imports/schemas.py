"""What programs send and are told about imports."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from werkzeug.datastructures import FileStorage

from app.imports.models import ImportKind, ImportState
from app.web.schemas import Answer, Body, Moment


def _a_file(value: Any) -> Any:
    if not isinstance(value, FileStorage):
        raise ValueError("Send the file itself, with its name, as a part of the form.")  # noqa: TRY004 - pydantic asks for it
    return value


File = Annotated[
    Any, AfterValidator(_a_file), Field(json_schema_extra={"type": "string", "format": "binary"})
]


class ImportSent(Body):
    kind: Annotated[ImportKind, Field(strict=False)]  # a form sends texts only
    file: File


class Verdicts(Answer):
    """How many rows of each."""

    new: int
    changed: int
    same: int
    wrong: int


class ImportOut(Answer):
    id: int
    kind: ImportKind
    state: ImportState
    filename: str
    problem: str = Field(description="Why it did not go on, if it did not.")
    rows: Verdicts
    created_at: Moment
    committed_at: Moment | None
    undone_at: Moment | None
    version: int
