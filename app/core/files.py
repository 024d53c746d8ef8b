"""Files are kept under the fingerprint of what they hold: stored once, whole or not at all, never changed."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, Protocol

from app.core.errors import NotFound, Refused

CHUNK = 64 * 1024
ROOM_TO_LEAVE = 100_000_000
NAME = re.compile(r"[0-9a-f]{64}")
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class StoredFile(NamedTuple):
    """What the store calls it, and how many bytes it has."""

    name: str
    size: int


class FileStore(Protocol):
    """A place that web and worker share."""

    def keep(self, content: BinaryIO, *, largest: int) -> StoredFile: ...

    def open(self, name: str) -> BinaryIO: ...

    def remove(self, name: str) -> None: ...

    def state(self) -> str: ...


class DiskFiles:
    """A folder. A file appears under its name in one step, when all of it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drafts = folder / "drafts"

    def keep(self, content: BinaryIO, *, largest: int) -> StoredFile:
        """Store what can be read from here; the same content again is the same file."""
        try:
            self.drafts.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.drafts, delete=False) as draft:
                try:
                    stored = copied(content, draft, largest=largest)
                    draft.flush()
                    os.fsync(draft.fileno())
                    self._put_in_place(Path(draft.name), stored.name)
                finally:
                    Path(draft.name).unlink(missing_ok=True)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise Refused(
                    "There is no room left to keep this file. Nothing was saved.", code="no_room"
                ) from error
            raise
        return stored

    def open(self, name: str) -> BinaryIO:
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise NotFound("We cannot find that file.") from None

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def state(self) -> str:
        """ "ok", or what is wrong with the folder."""
        try:
            self.drafts.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.drafts).free
        except OSError:
            return "unreachable"
        if not os.access(self.drafts, os.W_OK | os.X_OK):
            return "not writable"
        return "ok" if free >= ROOM_TO_LEAVE else f"only {free // 1_000_000} MB left"

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise NotFound("We cannot find that file.")
        return self.folder / name[:2] / name

    def _put_in_place(self, draft: Path, name: str) -> None:
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        draft.replace(path)
        _sync_folder(path.parent)


def copied(content: BinaryIO, draft: IO[bytes], *, largest: int) -> StoredFile:
    """Some at a time, and no more than may be."""
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        size += len(chunk)
        if size > largest:
            raise Refused(f"Send a file of {largest // 1_000_000 or 1} MB or less.", code="too_large")
        digest.update(chunk)
        draft.write(chunk)
    return StoredFile(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    """The name must survive a power cut as the bytes do."""
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
