"""Files on disk: whole or not at all, under the fingerprint of what they hold."""

import hashlib
import io
import resource

import pytest

from app.core.errors import NotFound, Refused
from app.core.files import DiskFiles

LARGEST = 1_000_000


@pytest.fixture
def files(tmp_path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


def kept_in(files: DiskFiles) -> list[str]:
    return sorted(path.name for path in files.folder.rglob("*") if path.is_file())


def test_what_was_kept_can_be_read_again(files):
    stored = files.keep(io.BytesIO(b"prices" * 50_000), largest=LARGEST)
    assert stored.name == hashlib.sha256(b"prices" * 50_000).hexdigest()
    assert stored.size == 300_000
    with files.open(stored.name) as found:
        assert found.read() == b"prices" * 50_000


def test_the_same_content_is_one_file(files):
    names = {files.keep(io.BytesIO(b"the same"), largest=LARGEST).name for _ in range(3)}
    assert kept_in(files) == list(names)


def test_too_much_is_refused_while_it_is_read_and_leaves_nothing(files):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size if self.given < 5 * LARGEST else b""

    source = Endless()
    with pytest.raises(Refused, match="1 MB or less"):
        files.keep(source, largest=LARGEST)
    assert source.given < LARGEST + 200_000
    assert kept_in(files) == []


def test_a_reader_that_breaks_off_leaves_nothing(files):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        files.keep(Broken(), largest=LARGEST)
    assert kept_in(files) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(files, monkeypatch):
    monkeypatch.setattr("app.core.files.NO_ROOM", {27})  # a process's own limit says "file too large"
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(Refused, match="no room left") as refused:
            files.keep(io.BytesIO(b"x" * 100_000), largest=LARGEST)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert refused.value.code == "no_room"
    assert kept_in(files) == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "", "drafts", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 64 + "/x"],
)
def test_only_a_fingerprint_is_a_name(files, name):
    for ask in (files.open, files.remove):
        with pytest.raises(NotFound):
            ask(name)


def test_what_is_not_there_is_not_found_and_removing_it_is_no_error(files):
    files.remove("0" * 64)
    with pytest.raises(NotFound):
        files.open("0" * 64)


def test_what_was_removed_is_gone(files):
    stored = files.keep(io.BytesIO(b"old"), largest=LARGEST)
    files.remove(stored.name)
    assert kept_in(files) == []


def test_the_folder_says_how_it_is(files, tmp_path, monkeypatch):
    assert files.state() == "ok"
    monkeypatch.setattr("app.core.files.ROOM_TO_LEAVE", 10**18)
    assert files.state().endswith("MB left")
    (tmp_path / "file").write_text("in the way")
    assert DiskFiles(tmp_path / "file" / "files").state() == "unreachable"
