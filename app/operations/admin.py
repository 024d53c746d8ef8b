"""Admin pages about the house itself: the log, messages, background jobs, settings and checks."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business, read_business, setting
from app.operations import checks as invariants
from app.operations import files, parts, queues, service
from app.operations.forms import SettingsForm
from app.operations.happened import HAPPENED, THINGS, in_words
from app.operations.pulse import pulse_of_the_worker
from app.operations.queries import history
from app.operations.queries import messages as promises
from app.operations.queries.history import Sought
from app.operations.shown import FILTERS
from app.operations.states import STATES
from app.web.access import recently_confirmed, requires, viewer
from app.web.csv import csv_of
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked
from app.web.mails import with_links
from app.web.parts import gateways
from app.web.parts import settings as settings_of_app

bp = Blueprint("operations", __name__, url_prefix="/admin")
for words in FILTERS:
    bp.add_app_template_filter(words)

OLDEST_DAY, NEWEST_DAY = date(2000, 1, 1), date(2999, 12, 31)


@bp.get("/audit")
@requires(Permission.AUDIT_READ, staff=True)
def audit() -> ResponseReturnValue:
    wanted = _asked_of_the_log()
    page = history.events_listed(
        _sought(wanted), zone=business().time_zone, after=wanted.after, before=wanted.before
    )
    return render_template(
        "operations/audit.html",
        listing=Listing(page, wanted, "events"),
        entities=in_words(history.entities(), THINGS),
        actions=in_words(history.actions(), HAPPENED),
    )


@bp.get("/audit.csv")
@requires(Permission.AUDIT_READ, staff=True)
def audit_csv() -> ResponseReturnValue:
    events = history.every_event(_sought(_asked_of_the_log()), zone=business().time_zone)
    return csv_of("audit-log", events, files.EVENTS)


def _asked_of_the_log() -> Asked:
    return asked("actor", "action", "entity", "entity_id", "request_id", "from", "to", sorts=("-at",))


def _sought(wanted: Asked) -> Sought:
    number = wanted["entity_id"]
    return Sought(
        actor=wanted["actor"],
        action=wanted["action"],
        entity=wanted["entity"],
        entity_id=int(number) if number.isdecimal() else None,
        request_id=wanted["request_id"],
        first_day=_day(wanted["from"]),
        last_day=_day(wanted["to"]),
    )


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return min(max(found, OLDEST_DAY), NEWEST_DAY)


@bp.get("/messages")
@requires(Permission.SETTINGS_WRITE, staff=True)
def messages() -> ResponseReturnValue:
    return render_template(
        "operations/messages.html",
        listing=_listing_of(asked("state", "topic", sorts=("-at",))),
        states=STATES,
        mail_leaves=settings_of_app().smtp_url is not None,
    )


def _listing_of(wanted: Asked) -> Listing[Any]:
    page = promises.messages_listed(
        q=wanted["q"],
        state=wanted["state"],
        topic=wanted["topic"],
        after=wanted.after,
        before=wanted.before,
    )
    return Listing(page, wanted, "messages", one="message")


@bp.get("/messages.csv")
@requires(Permission.SETTINGS_WRITE, staff=True)
def messages_csv() -> ResponseReturnValue:
    wanted = asked("state", "topic", sorts=("-at",))
    messages = promises.every_message(q=wanted["q"], state=wanted["state"], topic=wanted["topic"])
    return csv_of("messages", messages, files.MESSAGES)


@bp.get("/messages/<int:message_id>")
@requires(Permission.SETTINGS_WRITE, staff=True)
def message(message_id: int) -> ResponseReturnValue:
    found = promises.message(message_id)
    past = history.events_listed(
        Sought(entity=found.__tablename__, entity_id=message_id), zone=business().time_zone
    )
    return render_template(
        "operations/message.html",
        message=found,
        past=[row.AuditEvent for row in past.rows],
        text=with_links(found.sent["text"]) if found.sent else "",
    )


@bp.post("/messages/<int:message_id>/try")
@requires(Permission.SETTINGS_WRITE, staff=True)
def try_again(message_id: int) -> ResponseReturnValue:
    service.try_again(message_id, by=viewer())
    flash("It is tried again within a minute", "good")
    return redirect(url_for(".message", message_id=message_id), code=303)


@bp.post("/messages/<int:message_id>/send")
@requires(Permission.SETTINGS_WRITE, staff=True)
@once
def send_again(message_id: int) -> ResponseReturnValue:
    service.send_again(message_id, by=viewer())
    flash("A new message is made within a minute", "good")
    return redirect(url_for(".messages"), code=303)


@bp.get("/jobs")
@requires(Permission.SETTINGS_WRITE, staff=True)
def jobs() -> ResponseReturnValue:
    return render_template(
        "operations/jobs.html",
        pulse=pulse_of_the_worker(),
        executor=queues.executor(gateways().redis),
        backlog=promises.backlog_by_topic(),
        failed=promises.failed_messages(),
        schedule=_schedule(),
    )


def _schedule() -> list[tuple[str, str, datetime | None, datetime]]:
    """Each periodic job, how often it comes, when it was last handed out, and when it is next."""
    last, now, zone = promises.last_runs(), clock.now(), business().time_zone
    return [
        (topic, when.words, last.get(topic), when.next_slot(now, zone))
        for topic, when in parts.schedule().items()
    ]


@bp.post("/jobs/try-all")
@requires(Permission.SETTINGS_WRITE, staff=True)
def try_all_again() -> ResponseReturnValue:
    tried = service.try_all_again(by=viewer())
    flash(f"{tried} tried again" if tried else "Nothing was waiting for another try", "good")
    return redirect(url_for(".jobs"), code=303)


@bp.route("/settings", methods=["GET", "POST"])
@requires(Permission.SETTINGS_WRITE, staff=True)
@recently_confirmed
@once
def settings() -> ResponseReturnValue:
    form = SettingsForm(obj=setting())
    if form.validate_on_submit():
        with form.showing_refusals():
            service.save_settings(by=viewer(), version=form.seen_version, **form.typed())
            read_business()
            flash("Settings saved", "good")
            return redirect(url_for(".settings"), code=303)
    form.compare_with(setting())
    return form.page("operations/settings.html")


@bp.get("/checks")
@requires(Permission.AUDIT_READ, staff=True)
def checks() -> ResponseReturnValue:
    return render_template("operations/checks.html", verdicts=invariants.run_all())
