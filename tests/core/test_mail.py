"""One mail through a real server: what leaves, and what each failure means."""

from collections.abc import Iterator
from dataclasses import replace
from smtplib import SMTPServerDisconnected

import pytest

from app.core.mail import Attachment, Mail, MailDelayed, MailRefused
from app.core.resilience import Away
from app.core.smtp import SmtpMailer
from tests.smtp_sink import Fault, SmtpSink, smtp_sink


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as found:
        yield found


@pytest.fixture
def mailer(sink: SmtpSink) -> SmtpMailer:
    return SmtpMailer(
        sink.url, sender="Millrace Coffee, Leeds <orders@millrace.example>", reply_to="desk@millrace.example"
    )


def a_mail(**given: str) -> Mail:
    usual = {
        "to": "maya@copperkettle.example",
        "subject": "Your order – received",
        "text": "Good morning,\n.a line that begins with a dot\n",
        "html": "<p>Good morning ☕</p>",
        "message_id": "<promise-1@desk.example>",
        "correlation_id": "0123456789abcdef",
    }
    return Mail(**(usual | given))


def send(mailer: SmtpMailer, *mails: Mail) -> None:
    with mailer.connected() as sender:
        for mail in mails:
            sender.send(mail)


def test_a_mail_arrives_as_it_was_written(sink: SmtpSink, mailer: SmtpMailer) -> None:
    send(mailer, a_mail())
    [letter] = sink.letters
    assert letter["From"] == '"Millrace Coffee, Leeds" <orders@millrace.example>'
    assert letter["To"] == "maya@copperkettle.example"
    assert letter["Subject"] == "Your order – received"
    assert letter["Message-ID"] == "<promise-1@desk.example>"
    assert letter["X-Correlation-ID"] == "0123456789abcdef"
    assert letter["Reply-To"] == "desk@millrace.example"
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text.get_content().replace("\r\n", "\n") == "Good morning,\n.a line that begins with a dot\n"
    assert html.get_content().strip() == "<p>Good morning ☕</p>"


def test_a_file_goes_with_a_mail_and_only_its_name_is_kept(sink: SmtpSink, mailer: SmtpMailer) -> None:
    mail = replace(a_mail(), attachments=(Attachment("INV-2026-00042.pdf", b"%PDF \x00\xff"),))
    send(mailer, mail)
    [letter] = sink.letters
    [part] = letter.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("INV-2026-00042.pdf", "application/pdf")
    assert part.get_content() == b"%PDF \x00\xff"
    assert letter.get_body(("plain",)).get_content().startswith("Good morning")
    assert mail.as_kept(with_secrets=True, left=True)["attachments"] == ["INV-2026-00042.pdf"]
    assert "PDF \\x00" not in str(mail.as_kept(with_secrets=True, left=True))
    assert "attachments" not in a_mail().as_kept(with_secrets=True, left=True)


def test_mails_in_a_row_share_one_connection(sink: SmtpSink, mailer: SmtpMailer) -> None:
    send(mailer, *(a_mail(message_id=f"<{number}@desk.example>") for number in range(5)))
    assert len(sink.letters) == 5
    assert sink.connections == 1


def test_nothing_is_connected_before_there_is_a_mail(sink: SmtpSink, mailer: SmtpMailer) -> None:
    send(mailer)
    assert sink.connections == 0


@pytest.mark.parametrize("field", ["to", "subject", "message_id", "correlation_id"])
@pytest.mark.parametrize("broken", ["a\r\nBcc: thief@example.com", "a\nBcc: thief@example.com", "a\rb"])
def test_a_line_break_in_a_header_is_refused(
    sink: SmtpSink, mailer: SmtpMailer, field: str, broken: str
) -> None:
    with pytest.raises(MailRefused):
        send(mailer, a_mail(**{field: broken}))
    assert sink.begun == 0


def test_a_line_that_looks_like_a_header_stays_in_the_text(sink: SmtpSink, mailer: SmtpMailer) -> None:
    send(mailer, a_mail(text="Bcc: thief@example.com\r\n.\r\nMAIL FROM:<x@y>\n"))
    [letter] = sink.letters
    assert letter["Bcc"] is None
    assert sink.begun == 1


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "two@example.com, three@example.com"])
def test_what_is_no_address_is_refused(sink: SmtpSink, mailer: SmtpMailer, address: str) -> None:
    with pytest.raises(MailRefused):
        send(mailer, a_mail(to=address))
    assert sink.letters == []


def test_never_is_told_from_later(sink: SmtpSink, mailer: SmtpMailer) -> None:
    sink.faults.extend([Fault.NEVER, Fault.LATER])
    with mailer.connected() as sender:
        with pytest.raises(MailRefused, match="550 no such person"):
            sender.send(a_mail())
        with pytest.raises(MailDelayed, match="451 come back later"):
            sender.send(a_mail())
        sender.send(a_mail())
    assert len(sink.letters) == sink.connections == 1, "the others went on over the same line"


def test_a_server_that_hangs_up_between_two_mails_gets_the_second_over_a_new_line(
    sink: SmtpSink, mailer: SmtpMailer
) -> None:
    sink.faults.append(Fault.CLOSING)
    with mailer.connected() as sender:
        with pytest.raises(Away):
            sender.send(a_mail())
        sender.send(a_mail(message_id="<1@desk.example>"))
        sink.faults.append(Fault.CLOSING)
        sender.send(a_mail(message_id="<2@desk.example>"))
    assert sorted(sink.times) == ["<1@desk.example>", "<2@desk.example>"]


def test_a_server_that_is_away_costs_no_try_and_is_left_alone(sink: SmtpSink, mailer: SmtpMailer) -> None:
    sink.close()
    for _ in range(2):
        with pytest.raises(Away, match="ConnectionRefusedError"):
            send(mailer, a_mail())
    sink.open()
    with pytest.raises(Away, match="left alone"):
        send(mailer, a_mail())
    assert sink.begun == 0
    mailer.breaker.half_open()
    send(mailer, a_mail())
    assert mailer.breaker.current_state == "closed"


def test_a_refused_mail_is_not_the_servers_fault(sink: SmtpSink, mailer: SmtpMailer) -> None:
    sink.faults.extend([Fault.NEVER] * 5)
    for _ in range(5):
        with pytest.raises(MailRefused):
            send(mailer, a_mail())
    send(mailer, a_mail())
    assert len(sink.letters) == 1


def test_a_lost_answer_is_a_failure_like_any_other(sink: SmtpSink, mailer: SmtpMailer) -> None:
    """The mail may have arrived, so this must count as a try and be paced by the long pauses."""
    sink.faults.append(Fault.SWALLOWED)
    with pytest.raises(SMTPServerDisconnected):
        send(mailer, a_mail())
    assert len(sink.letters) == 1


def test_a_wrong_password_kills_no_mail(sink: SmtpSink) -> None:
    mailer = SmtpMailer(
        f"smtp://desk:wrong@127.0.0.1:{sink.port}", sender="desk@millrace.example", reply_to=None
    )
    with pytest.raises(Away, match="STARTTLS"):
        send(mailer, a_mail())


def test_a_domain_with_other_letters_is_spelt_as_mail_servers_know_it(
    sink: SmtpSink, mailer: SmtpMailer
) -> None:
    send(mailer, a_mail(to="anna@müller.example"))
    [letter] = sink.letters
    assert letter["To"] == "anna@xn--mller-kva.example"
    with pytest.raises(MailRefused, match="non-ASCII"):
        send(mailer, a_mail(to="jürgen@example.com"))


def test_what_is_kept_of_a_mail_opens_no_account() -> None:
    mail = a_mail(text="https://desk.example/reset/abc", html="<a href='/reset/abc'>")
    secret = Mail(**({name: getattr(mail, name) for name in mail.__slots__} | {"secrets": ("abc",)}))
    assert "abc" not in str(secret.as_kept(with_secrets=False, left=True))
    assert "abc" in str(secret.as_kept(with_secrets=True, left=True))
