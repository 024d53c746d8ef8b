"""Mail through a server: one conversation for some mails, and a clear word about what became of each."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pybreaker import CircuitBreaker, CircuitBreakerError

from app.core.mail import Mail, MailDelayed, MailRefused, Sender, named_address
from app.core.resilience import Away

CONNECT_WITHIN, ANSWER_WITHIN, TAKE_WITHIN, LEAVE_WITHIN = 5, 10, 30, 2
SUBMISSION, IMPLICIT_TLS = 587, 465
WORSE_THAN_FINE, FOR_GOOD, CLOSING_DOWN = 400, 500, 421
FAILURES_IN_A_ROW, REST = 2, 15


class SmtpMailer:
    """A real server: smtp://user:password@host:587 (STARTTLS when it has credentials) or smtps://.

    Its certificate must be signed by somebody this machine trusts, or by the authority in `ca_file` alone.
    """

    delivers = True
    keeps_secrets = False

    def __init__(self, url: str, *, sender: str, reply_to: str | None, ca_file: Path | None = None) -> None:
        self.parts = urlsplit(url)
        self.ca_file = ca_file
        self.sender = named_address(sender)
        self.reply_to = reply_to
        self.breaker = CircuitBreaker(
            fail_max=FAILURES_IN_A_ROW,
            reset_timeout=REST,
            exclude=[MailRefused, MailDelayed],
            throw_new_error_on_trip=False,
        )

    @cached_property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    @contextmanager
    def connected(self) -> Iterator[Sender]:
        line = SmtpLine(self)
        try:
            yield line
        finally:
            line.hang_up()

    def letter(self, mail: Mail) -> EmailMessage:
        """The message as it travels. A line break in a header is refused, not repaired."""
        letter = EmailMessage(policy=SMTP)
        try:
            letter["From"] = self.sender
            letter["To"] = Address(addr_spec=_in_plain_letters(mail.to))
            letter["Subject"] = mail.subject
            letter["Message-ID"] = mail.message_id
            letter["Auto-Submitted"] = "auto-generated"
            if self.reply_to:
                letter["Reply-To"] = self.reply_to
            if mail.correlation_id:
                letter["X-Correlation-ID"] = mail.correlation_id
        except (ValueError, IndexError, MessageError) as wrong:
            raise MailRefused(f"This cannot be sent as a mail: {wrong}") from wrong
        letter.set_content(mail.text)
        letter.add_alternative(mail.html, subtype="html")
        for one in mail.attachments:
            main, _, sub = one.type.partition("/")
            letter.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
        return letter

    def connect(self) -> smtplib.SMTP:
        server = self._reached()
        try:
            _be_patient(server, ANSWER_WITHIN)
            if self.parts.username:
                if self.parts.scheme != "smtps":
                    server.starttls(context=self.trusted)
                server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
            server.ehlo_or_helo_if_needed()
        except OSError:
            server.close()
            raise
        return server

    def _reached(self) -> smtplib.SMTP:
        host, port = self.parts.hostname or "localhost", self.parts.port
        own_name = socket.gethostname()  # left to itself, smtplib asks a name server, and may wait for it
        if self.parts.scheme == "smtps":
            return smtplib.SMTP_SSL(
                host, port or IMPLICIT_TLS, own_name, timeout=CONNECT_WITHIN, context=self.trusted
            )
        return smtplib.SMTP(host, port or SUBMISSION, own_name, timeout=CONNECT_WITHIN)


class SmtpLine:
    """One conversation with the server, begun with the first mail and kept for the next ones."""

    def __init__(self, mailer: SmtpMailer) -> None:
        self.mailer = mailer
        self.server: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        letter = self.mailer.letter(mail)
        try:
            self.mailer.breaker.call(self._deliver, letter)
        except CircuitBreakerError:
            raise Away(
                "The mail server failed several times in a row and is left alone for a moment."
            ) from None
        except (MailRefused, MailDelayed):
            self._forget_letter()
            raise
        except Exception:
            self.hang_up()
            raise

    def _deliver(self, letter: EmailMessage) -> None:
        server = self._announced(letter["To"].addresses[0].addr_spec)
        # From here on the server may have the mail although we do not hear so: that counts as a try.
        _be_patient(server, TAKE_WITHIN)
        _check(_answer_to(server, letter))
        _be_patient(server, ANSWER_WITHIN)

    def _announced(self, to: str) -> smtplib.SMTP:
        """A server that knows who writes to whom. Nothing has left until here, so a failure is no try."""
        kept = self.server
        try:
            self.server = kept or self.mailer.connect()
            _check(self.server.mail(self.mailer.sender.addr_spec))
            _check(self.server.rcpt(to))
        except OSError as error:
            self.hang_up()
            if kept:  # servers hang up after some mails, or after a while
                return self._announced(to)
            raise Away(_in_words(error)) from error
        return self.server

    def _forget_letter(self) -> None:
        try:
            if self.server:
                self.server.rset()
        except OSError:
            self.hang_up()

    def hang_up(self) -> None:
        server, self.server = self.server, None
        if server:
            with suppress(OSError):
                _be_patient(server, LEAVE_WITHIN)
                server.quit()
            server.close()


def _answer_to(server: smtplib.SMTP, letter: EmailMessage) -> tuple[int, bytes]:
    try:
        return server.data(letter.as_bytes())
    except smtplib.SMTPDataError as early:  # it does not even want to see it
        return early.smtp_code, early.smtp_error if isinstance(early.smtp_error, bytes) else b""


def _check(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code < WORSE_THAN_FINE:
        return
    said = f"{code} {words.decode(errors='replace')}"
    if code == CLOSING_DOWN:
        raise smtplib.SMTPServerDisconnected(said)
    raise MailRefused(said) if code >= FOR_GOOD else MailDelayed(said)


def _in_words(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The mail server's certificate is refused: {error.verify_message}. "
            "If the server is your own, name the authority that signed it in SMTP_CA_FILE."
        )
    return f"The mail server cannot be used: {type(error).__name__}: {error}"


def _in_plain_letters(address: str) -> str:
    """Mail servers know a domain like müller.example by another spelling."""
    local, _, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"


def _be_patient(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock:
        server.sock.settimeout(seconds)
