"""Files in an object store that speaks S3 (AWS, MinIO): for web and worker without a disk in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

import structlog
from pybreaker import CircuitBreaker, CircuitBreakerError

from app.core.errors import Busy, NotFound
from app.core.files import CHUNK, NAME, StoredFile, copied
from app.core.resilience import PAUSE_AFTER_FAILURE, Away

CONNECT_WITHIN, ANSWER_WITHIN, TRIES = 2, 10, 3
IN_MEMORY = 1_000_000
MISSING = {"NoSuchKey", "NotFound", "404"}

log = structlog.get_logger(__name__)


class FilesAway(Busy, Away):
    """The object store does not answer: a page says so, a job waits for it and loses no try."""

    def __init__(self) -> None:
        super().__init__("The place where files are kept does not answer. Try again in a moment.")


class Bucket(NamedTuple):
    """Where it is, and how we prove that we may use it. Without keys boto3 looks for those of the machine."""

    name: str
    endpoint_url: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None


class S3Files:
    """A bucket. A file appears under its name when all of it has arrived."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.breaker = CircuitBreaker(
            fail_max=1,
            reset_timeout=PAUSE_AFTER_FAILURE,
            exclude=[_is_no_failure],
            throw_new_error_on_trip=False,
        )

    def keep(self, content: BinaryIO, *, largest: int) -> StoredFile:
        """Store what can be read from here; the same content again is the same file."""
        with TemporaryFile() as draft:
            stored = copied(content, draft, largest=largest)
            draft.seek(0)
            with self._asking():
                self._client.put_object(Bucket=self.bucket.name, Key=_key(stored.name), Body=draft)
        return stored

    def open(self, name: str) -> BinaryIO:
        key, whole = _key(name), SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
        with self._asking():
            body = self._client.get_object(Bucket=self.bucket.name, Key=key)["Body"]
            while chunk := body.read(CHUNK):
                whole.write(chunk)
        whole.seek(0)
        return cast(BinaryIO, whole)

    def remove(self, name: str) -> None:
        key = _key(name)
        with self._asking():
            self._client.delete_object(Bucket=self.bucket.name, Key=key)

    def state(self) -> str:
        """ "ok", or what is wrong with the bucket."""
        try:
            with self._asking():
                self._client.head_bucket(Bucket=self.bucket.name)
        except NotFound:
            return "no such bucket"
        except FilesAway:
            return "unreachable"
        return "ok"

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What the store says when it cannot, in our words."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            with self.breaker.calling():
                yield
        except CircuitBreakerError:
            raise FilesAway from None
        except (BotoCoreError, ClientError) as error:
            if _is_missing(error):
                raise NotFound("We cannot find that file.") from None
            log.warning("files.away", error=str(error))
            raise FilesAway from error

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.bucket.endpoint_url,
            region_name=self.bucket.region,
            aws_access_key_id=self.bucket.access_key_id,
            aws_secret_access_key=self.bucket.secret_access_key,
            config=Config(
                connect_timeout=CONNECT_WITHIN,
                read_timeout=ANSWER_WITHIN,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                request_checksum_calculation="when_required",  # other makers' stores do not know the newest
                response_checksum_validation="when_required",
            ),
        )


def _is_missing(error: BaseException) -> bool:
    answer = getattr(error, "response", {})
    return answer.get("Error", {}).get("Code") in MISSING


def _is_no_failure(error: BaseException) -> bool:
    """A file that is not there, or trouble on our own side, says nothing about the store."""
    from botocore.exceptions import BotoCoreError, ClientError

    return _is_missing(error) or not isinstance(error, BotoCoreError | ClientError)


def _key(name: str) -> str:
    if not NAME.fullmatch(name):
        raise NotFound("We cannot find that file.")
    return f"{name[:2]}/{name}"
