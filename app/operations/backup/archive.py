"""The file: a zip with PostgreSQL's own COPY text of each table, and a list of what belongs into it.

The list is written last and every part carries its checksum, so a file that was cut or changed is noticed.
"""

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import BaseModel, ValidationError

from app.core.errors import Refused

CONTENTS = "contents.json"
CHUNK = 64 * 1024


class Table(BaseModel):
    """One table: its columns in the order of the text, and how many rows there are."""

    name: str
    columns: list[str]
    rows: int


class Contents(BaseModel):
    """What the file holds, parents before children, and where each counter goes on."""

    revision: str
    made_at: str
    tables: list[Table]
    counters: dict[str, int]


class Damaged(Refused):
    """The file is not what was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is damaged or is no backup of Docket. Nothing was restored.")


def part_of(table: str) -> str:
    return f"tables/{table}.copy"


@contextmanager
def new_archive(path: Path) -> Iterator[ZipFile]:
    """Appears under its name when it is whole; nobody but its owner reads it, for it holds everything."""
    if path.exists():
        raise Refused(f"{path} is there already. Choose another name.")
    draft = path.with_name(f"{path.name}.part")
    try:
        with _private(draft) as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Whatever turns out to be wrong with the file, also half-way, is one sentence."""
    try:
        with ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise Refused(f"There is no file {path}.") from None
    except (BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise Damaged(path) from error
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error


def write_contents(archive: ZipFile, contents: Contents) -> None:
    archive.writestr(CONTENTS, json.dumps(contents.model_dump(), indent=1))


def contents_of(archive: ZipFile) -> Contents:
    try:
        return Contents.model_validate_json(archive.read(CONTENTS))
    except ValidationError:
        raise Damaged(Path(str(archive.filename))) from None


def chunks_of(archive: ZipFile, table: str) -> Iterator[bytes]:
    """Read a little at a time: memory does not grow with the table."""
    with archive.open(part_of(table)) as part:
        while chunk := part.read(CHUNK):
            yield chunk
