"""Mail leaves through a Mailer; what was sent is kept with the promise that sent it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any, Protocol

from email_validator import EmailNotValidError, validate_email


class MailRefused(Exception):
    """This mail will never be taken (5xx): trying again would not help."""


class MailDelayed(Exception):
    """The server is well and asks for another try of this mail later (4xx)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes = field(repr=False)
    type: str = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one person. `secrets` are links that must not be kept."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    correlation_id: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    attachments: tuple[Attachment, ...] = ()

    def as_kept(self, *, with_secrets: bool, left: bool) -> dict[str, Any]:
        """The message as sent, for whoever asks later, and whether it left.

        Links that open an account are cut out, and of what went with it only the names are kept.
        """
        kept = {"to": self.to, "subject": self.subject, "text": self.text, "html": self.html}
        if not with_secrets:
            for secret in self.secrets:
                kept = {name: value.replace(secret, "…") for name, value in kept.items()}
        names = {"attachments": [one.name for one in self.attachments]} if self.attachments else {}
        return kept | names | {"message_id": self.message_id, "left": left}


def is_email(address: str) -> bool:
    """Whether somebody could have this address; nobody is asked whether they do."""
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def named_address(text: str) -> Address:
    """`Name <address>`, where the name may hold commas and need not be quoted."""
    name, _, address = text.strip().removesuffix(">").rpartition("<")
    try:
        return Address(display_name=name.strip().strip('"'), addr_spec=address.strip())
    except (ValueError, IndexError, MessageError) as wrong:
        raise ValueError("must be an address like Docket <orders@example.com>") from wrong


class Sender(Protocol):
    def send(self, mail: Mail) -> None: ...


class Mailer(Protocol):
    delivers: bool
    keeps_secrets: bool

    def connected(self) -> AbstractContextManager[Sender]:
        """For some mails in a row: nothing is connected before the first one."""
        ...


class MemoryMailer:
    """Without a mail server nothing leaves: the message is kept and shown under Messages."""

    delivers = False

    def __init__(self, *, keeps_secrets: bool) -> None:
        self.keeps_secrets = keeps_secrets
        self.sent: list[Mail] = []

    @contextmanager
    def connected(self) -> Iterator[Sender]:
        yield self

    def send(self, mail: Mail) -> None:
        self.sent = [*self.sent[-99:], mail]
