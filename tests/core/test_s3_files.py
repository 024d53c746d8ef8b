"""Files in an object store: kept whole, found again, and a store that is away is away for a few seconds only."""

import socket
import time
from collections.abc import Iterator
from io import BytesIO

import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.core.errors import Busy, NotFound, Refused
from app.core.resilience import Away
from app.core.s3_files import Bucket, FilesAway, S3Files
from app.gateways import build_gateways
from tests.conftest import settings_for_tests

KEYS = {"region": "eu-west-2", "access_key_id": "a-key", "secret_access_key": "a-secret"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A store of our own, with one bucket in it."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=url, region_name="eu-west-2", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket="docket", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield url
    server.stop()


@pytest.fixture
def files(endpoint: str) -> S3Files:
    return S3Files(Bucket("docket", endpoint, **KEYS))


@pytest.fixture
def nowhere() -> str:
    """The address of a store that nobody runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_what_is_kept_is_found_under_its_fingerprint(files: S3Files) -> None:
    content = b"a picture" * 200_000
    stored = files.keep(BytesIO(content), largest=len(content))
    assert stored.size == len(content)
    with files.open(stored.name) as found:
        assert found.read() == content
        found.seek(2)
        assert found.read(7) == b"picture"


def test_the_same_content_is_the_same_file(files: S3Files) -> None:
    first, second = (files.keep(BytesIO(b"twice"), largest=100) for _ in range(2))
    assert first == second


def test_what_is_too_large_is_refused_and_not_kept(files: S3Files) -> None:
    with pytest.raises(Refused, match="1 MB or less"):
        files.keep(BytesIO(b"x" * 1_000_001), largest=1_000_000)


def test_what_was_removed_is_gone_and_may_be_removed_again(files: S3Files) -> None:
    stored = files.keep(BytesIO(b"short-lived"), largest=100)
    files.remove(stored.name)
    files.remove(stored.name)
    with pytest.raises(NotFound):
        files.open(stored.name)


@pytest.mark.parametrize("name", ["", "..", "a" * 63, "A" * 64, "a" * 64 + "/x", "../" + "a" * 64])
def test_only_fingerprints_are_names(files: S3Files, name: str) -> None:
    with pytest.raises(NotFound):
        files.open(name)


def test_it_says_how_it_is(files: S3Files, endpoint: str, nowhere: str) -> None:
    assert files.state() == "ok"
    assert S3Files(Bucket("other", endpoint, **KEYS)).state() == "no such bucket"
    assert S3Files(Bucket("docket", nowhere, **KEYS)).state() == "unreachable"


def test_a_missing_file_does_not_make_the_store_rest(files: S3Files) -> None:
    with pytest.raises(NotFound):
        files.open("0" * 64)
    assert files.breaker.current_state == "closed"


def test_a_store_that_is_away_is_left_alone_and_then_tried_again(
    nowhere: str, files: S3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = S3Files(Bucket("docket", nowhere, **KEYS))
    with pytest.raises(FilesAway):
        away.open("0" * 64)
    began = time.monotonic()
    for _ in range(50):
        with pytest.raises(FilesAway):
            away.keep(BytesIO(b"x"), largest=10)
    assert time.monotonic() - began < 1
    stored = files.keep(BytesIO(b"it is back"), largest=100)
    away.bucket = files.bucket
    del away._client
    away.breaker.half_open()
    with away.open(stored.name) as found:
        assert found.read() == b"it is back"
    assert away.breaker.current_state == "closed"


def test_a_page_says_busy_and_a_job_waits_without_losing_a_try() -> None:
    assert issubclass(FilesAway, Busy)
    assert issubclass(FilesAway, Away)


def test_the_settings_choose_the_bucket_before_the_folder(running_servers, tmp_path, endpoint: str) -> None:
    given = {
        "files_dir": tmp_path,
        "s3_bucket": "docket",
        "s3_endpoint_url": endpoint,
        "s3_region": "eu-west-2",
        "s3_access_key_id": "a-key",
        "s3_secret_access_key": "a-secret",
    }
    files = build_gateways(settings_for_tests(running_servers, **given)).files
    assert isinstance(files, S3Files)
    stored = files.keep(BytesIO(b"by the settings"), largest=100)
    assert S3Files(Bucket("docket", endpoint, **KEYS)).open(stored.name).read() == b"by the settings"
