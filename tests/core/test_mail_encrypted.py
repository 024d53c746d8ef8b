"""Mail over TLS: to a server whose certificate somebody we trust has signed, and to no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.resilience import Away
from app.core.smtp import SmtpMailer
from tests.core.test_mail import a_mail, send
from tests.smtp_sink import AUTHORITY, SmtpSink, smtp_sink

WAYS = pytest.mark.parametrize("from_the_start", [False, True], ids=["STARTTLS", "SMTPS"])
USER, PASSWORD = "desk@millrace.example", "right / pass:word"
QUOTED = "desk%40millrace.example:right%20%2F%20pass%3Aword"


def mailer_for(sink: SmtpSink, *, ca_file: Path | None = None, credentials: str = QUOTED) -> SmtpMailer:
    url = sink.url.replace("://", f"://{credentials}@")
    return SmtpMailer(url, sender="desk@millrace.example", reply_to=None, ca_file=ca_file)


@contextmanager
def a_server(from_the_start: bool, certificate: str = "here") -> Iterator[SmtpSink]:
    with smtp_sink(certificate=certificate, from_the_start=from_the_start) as sink:
        yield sink


@WAYS
def test_a_certificate_that_nobody_we_know_has_signed_is_refused(from_the_start: bool) -> None:
    with a_server(from_the_start) as sink:
        with pytest.raises(
            Away, match=r"certificate is refused: .*issuer.* name the authority .* SMTP_CA_FILE"
        ):
            send(mailer_for(sink), a_mail())
        assert (sink.logins, sink.letters) == ([], []), "neither the password nor the mail has left"


@WAYS
def test_the_authority_we_were_told_to_trust_makes_it_good(from_the_start: bool) -> None:
    with a_server(from_the_start) as sink:
        send(mailer_for(sink, ca_file=AUTHORITY), a_mail())
        assert sink.logins == [(USER, PASSWORD)]
        [letter] = sink.letters
        assert letter["Message-ID"] == "<promise-1@desk.example>"


@WAYS
def test_a_good_certificate_of_another_server_is_refused(from_the_start: bool) -> None:
    with a_server(from_the_start, certificate="elsewhere") as sink:
        with pytest.raises(Away, match=r"certificate is refused: .*not valid for '127\.0\.0\.1'"):
            send(mailer_for(sink, ca_file=AUTHORITY), a_mail())
        assert (sink.logins, sink.letters) == ([], [])


@WAYS
def test_a_wrong_password_is_said_without_the_password(from_the_start: bool) -> None:
    with a_server(from_the_start) as sink:
        with pytest.raises(Away, match="SMTPAuthenticationError") as said:
            send(mailer_for(sink, ca_file=AUTHORITY, credentials="desk:wrong-canary"), a_mail())
        assert "canary" not in str(said.value)
        assert sink.letters == []


def test_a_password_never_crosses_a_line_that_is_not_encrypted() -> None:
    with smtp_sink() as sink:
        with pytest.raises(Away, match="STARTTLS extension not supported"):
            send(mailer_for(sink, ca_file=AUTHORITY), a_mail())
        assert (sink.logins, sink.letters) == ([], [])


def test_a_server_that_cannot_speak_tls_is_refused_in_words() -> None:
    with smtp_sink() as sink:
        sink.from_the_start = True  # we believe so; it does not know
        with pytest.raises(Away, match="The mail server cannot be used: SSLError"):
            send(mailer_for(sink), a_mail())
