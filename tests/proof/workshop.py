"""The application with some jobs that only tests have: `flask --app tests.proof.workshop worker`."""

import os
from pathlib import Path

from app import create_app
from app.core.mail import Mail
from app.core.outbox import OutboxMessage
from app.jobs import JOBS, MAIL_PAUSES, Job


def mail_numbered(message: OutboxMessage) -> Mail:
    return Mail(
        to="maya@copperkettle.example",
        subject=f"Order {message.dedupe_key}",
        text="Your order is on its way.\n" * 20,
        html="<p>Your order is on its way.</p>\n" * 20,
        message_id=f"<{message.dedupe_key}@desk.example>",
        correlation_id=message.correlation_id,
    )


def die(_message: OutboxMessage) -> None:
    os._exit(9)


def sing(*_: object) -> None:
    Path(os.environ["CANARY"]).touch()


JOBS["tests.mail"] = Job(mail_numbered, "Email with a number", lane="mail", seconds=45, pauses=MAIL_PAUSES)
JOBS["tests.poison"] = Job(die, "Die")
JOBS["tests.nothing"] = Job(lambda message: None, "Do nothing")

app = create_app()
