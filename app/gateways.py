"""The composition root: what has a second implementation is built here, once, and passed in."""

from dataclasses import dataclass

from app.config import Settings
from app.core.files import DiskFiles, FileStore
from app.core.mail import Mailer, MemoryMailer
from app.core.resilience import RedisBreaker, redis_client
from app.core.s3_files import Bucket, S3Files
from app.core.smtp import SmtpMailer
from app.payments.gateway import CardGateway
from app.payments.stripe_gateway import Account, StripeGateway
from app.queue import Queue, RqQueue


@dataclass(frozen=True, slots=True)
class Gateways:
    """Everything outside this process and its database."""

    mailer: Mailer
    redis: RedisBreaker
    queue: Queue | None
    files: FileStore | None
    cards: CardGateway | None = None


def build_gateways(settings: Settings) -> Gateways:
    client = redis_client(settings.redis_url) if settings.redis_url else None
    return Gateways(
        mailer=_mailer(settings),
        redis=RedisBreaker(client),
        queue=RqQueue(client) if client else None,
        files=_files(settings),
        cards=_cards(settings),
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


def _files(settings: Settings) -> FileStore | None:
    """The object store, where one is set; else a folder."""
    if settings.s3_bucket is None:
        return DiskFiles(settings.files_dir) if settings.files_dir else None
    secret = settings.s3_secret_access_key
    return S3Files(
        Bucket(
            name=settings.s3_bucket,
            endpoint_url=settings.s3_endpoint_url,
            region=settings.s3_region,
            access_key_id=settings.s3_access_key_id,
            secret_access_key=secret.get_secret_value() if secret else None,
        )
    )


def _cards(settings: Settings) -> CardGateway | None:
    """Without an account nobody pays by card."""
    key, webhooks = settings.stripe_secret_key, settings.stripe_webhook_secret
    if key is None or webhooks is None:
        return None
    return StripeGateway(
        Account(
            secret_key=key.get_secret_value(),
            webhook_secret=webhooks.get_secret_value(),
            base_url=settings.stripe_base_url,
            timeout=settings.stripe_timeout,
        )
    )
