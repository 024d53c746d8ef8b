"""Mails are two templates: `<name>.txt`, whose first line is the subject, and `<name>.html`."""

import re
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup, escape

from app.core.business import business_lately
from app.core.mail import Attachment, Mail
from app.core.outbox import OutboxMessage
from app.web.parts import settings

AN_ADDRESS = re.compile(r"""(https?://[^\s<>"']*[^\s<>"'.,;:!?)])""")
CUT_OUT = "…"  # where a link that opens an account is not kept


def compose(
    name: str,
    *,
    to: str,
    message: OutboxMessage,
    secrets: tuple[str, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    **context: Any,
) -> Mail:
    """One mail to one person. A second sending of the same promise carries the same Message-ID."""
    facts = context | {"business": business_lately(), "base_url": current_app.config["BASE_URL"]}
    first, _, text = render_template(f"mail/{name}.txt", **facts).partition("\n")
    subject = " ".join(first.removeprefix("Subject:").split())
    return Mail(
        to=to,
        subject=subject,
        text=text.strip() + "\n",
        html=render_template(f"mail/{name}.html", subject=subject, **facts),
        message_id=f"<promise-{message.id}@{settings().host}>",
        correlation_id=message.correlation_id,
        secrets=secrets,
        attachments=attachments,
    )


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page, from the configured host and never from a request's."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{current_app.config['BASE_URL']}{path}"


def with_links(text: str) -> Markup:
    """The text of a mail for a page: web addresses in it can be followed, and nothing else in it is markup."""
    parts = AN_ADDRESS.split(text)
    return Markup().join(_link(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def _link(address: str) -> Markup:
    if CUT_OUT in address:
        return escape(address)
    return Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(address)
