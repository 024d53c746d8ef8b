"""The composition root: what has a second implementation is built here, once, and passed in."""

from dataclasses import dataclass

from app.config import Settings
from app.core.files import DiskFiles, FileStore
from app.core.mail import Mailer, MemoryMailer
from app.core.resilience import RedisBreaker, redis_client
from app.core.smtp import SmtpMailer
from app.queue import Queue, RqQueue


@dataclass(frozen=True, slots=True)
class Gateways:
    """Everything outside this process and its database."""

    mailer: Mailer
    redis: RedisBreaker
    queue: Queue | None
    files: FileStore | None


def build_gateways(settings: Settings) -> Gateways:
    client = redis_client(settings.redis_url) if settings.redis_url else None
    return Gateways(
        mailer=_mailer(settings),
        redis=RedisBreaker(client),
        queue=RqQueue(client) if client else None,
        files=DiskFiles(settings.files_dir) if settings.files_dir else None,
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url is None:
        return MemoryMailer(
            keeps_secrets=not settings.is_live
        )  # a usable link is for whoever tries things out
    return SmtpMailer(
        settings.smtp_url.get_secret_value(),
        sender=settings.mail_from,
        reply_to=settings.mail_reply_to,
        ca_file=settings.smtp_ca_file,
    )
