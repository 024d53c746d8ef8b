"""A real mail server for tests: it keeps what it takes, and misbehaves by script."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum, auto
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.machine import free_port

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"  # has signed the others


class Fault(Enum):
    """What goes wrong with one mail."""

    LATER = auto()  # 451: not now
    CLOSING = auto()  # 421 to the sender's name
    NEVER = auto()  # 550: no such person
    SILENT = auto()  # no answer to the sender's name
    SLOW = auto()  # no answer to the mail, for a while
    SWALLOWED = auto()  # the mail is taken, and the line is cut before we say so
    CUT = auto()  # the line is cut right after 250


class SmtpSink:
    """`letters` is what was taken, in order; each mail begun takes the next of `faults`, if there is one."""

    def __init__(self, *, certificate: str | None = None, from_the_start: bool = False) -> None:
        """With a certificate it wants STARTTLS and a password, or TLS from the start."""
        self.certificate = certificate
        self.from_the_start = from_the_start
        self.logins: list[tuple[str, str]] = []
        self.letters: list[EmailMessage] = []
        self.faults: deque[Fault | None] = deque()
        self.each: Fault | None = None  # with every mail that has none of its own
        self.pause = 30.0  # of SILENT and SLOW
        self.delay = 0.0  # of every answer to a mail, so that there is a middle to be killed in
        self.connections = 0
        self.begun = 0
        self.port = free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"{'smtps' if self.from_the_start else 'smtp'}://127.0.0.1:{self.port}"

    @property
    def times(self) -> Counter[str]:
        """How often each message id arrived."""
        return Counter(str(letter["Message-ID"]) for letter in list(self.letters))

    def open(self) -> None:
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=10, **self._secured()
        )
        self._controller.start()

    def _secured(self) -> dict[str, Any]:
        if self.certificate is None:
            return {}
        tls = SSLContext(PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(CERTIFICATES / f"{self.certificate}.pem")
        if self.from_the_start:
            return {"authenticator": self._let_in, "ssl_context": tls, "auth_require_tls": False}
        return {"authenticator": self._let_in, "tls_context": tls, "require_starttls": True}

    def _let_in(self, server: SMTP, session: Session, envelope: Envelope, how: str, given: Any) -> AuthResult:
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=not given.password.startswith(b"wrong"), handled=False)

    def close(self) -> None:
        if self._controller:
            self._controller.stop()
        self._controller = None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.begun += 1
        fault = self.faults.popleft() if self.faults else self.each
        envelope.fault = fault  # type: ignore[attr-defined]  # an envelope carries what we put on it
        if fault is Fault.SILENT:
            await asyncio.sleep(self.pause)
        if fault is Fault.CLOSING:
            return "421 too many mails"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Any, address: str, options: list[str]
    ) -> str:
        if envelope.fault is Fault.NEVER:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Any) -> str:  # noqa: N802
        if envelope.fault is Fault.LATER:
            return "451 come back later"
        await asyncio.sleep(self.pause if envelope.fault is Fault.SLOW else self.delay)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        if envelope.fault is Fault.SWALLOWED:
            server.transport.abort()
        if envelope.fault is Fault.CUT:
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
        return "250 taken"


@contextmanager
def smtp_sink(**given: Any) -> Iterator[SmtpSink]:
    sink = SmtpSink(**given)
    sink.open()
    try:
        yield sink
    finally:
        sink.close()
