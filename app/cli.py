"""All ways in by shell."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo, pass_script_info, with_appcontext
from sqlalchemy.exc import DBAPIError

from app import demo, jobs
from app.accounts.models import User
from app.accounts.parts import passwords
from app.accounts.service import administrators
from app.core import clock, schema
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refusal, Refused
from app.core.messages import depth_and_age
from app.core.transaction import database_is_away, sqlstate
from app.demo import growing
from app.fulfilment.service import catching_up
from app.operations import checks
from app.operations import service as operations
from app.operations.backup.making import back_up
from app.operations.backup.restoring import restore
from app.operations.queries import messages as promises

P = ParamSpec("P")
R = TypeVar("R")

ADMINISTRATOR = ("email", "name", "password")
WITHOUT_TABLES = "42P01"
EVERY_SO_OFTEN = 1_000

user_commands = AppGroup("user", help="People.")
billing_commands = AppGroup("billing", help="Invoices.")
outbox_commands = AppGroup("outbox", help="Promises: mails and other work for after the commit.")


def register(app: Flask) -> None:
    app.cli.add_command(prepare)
    app.cli.add_command(load_demo)
    app.cli.add_command(billing_commands)
    app.cli.add_command(outbox_commands)
    app.cli.add_command(user_commands)
    app.cli.add_command(check)
    app.cli.add_command(make_backup)
    app.cli.add_command(restore_backup)
    app.cli.add_command(worker)


def in_sentences(command: Callable[P, R]) -> Callable[P, R]:
    """With the application; what goes wrong on purpose is one line and exit code 1, not a traceback."""

    @wraps(command)
    def telling(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            raise click.ClickException(refusal.message) from None
        except DBAPIError as error:
            if sentence := _about_the_database(error):
                raise click.ClickException(sentence) from None
            raise

    return with_appcontext(telling)


def _about_the_database(error: DBAPIError) -> str | None:
    """None where the mistake is ours."""
    if sqlstate(error) == WITHOUT_TABLES:
        return "This database has no tables yet: run flask prepare first."
    if not database_is_away(error):
        return None
    place = db.engine.url
    where = f"{place.host or place.query.get('host')}:{place.port or 5432}"
    reason = str(error.orig).partition("\n")[0].rpartition(" failed: ")[2]
    return f"PostgreSQL cannot be used at {where}: {' '.join(reason.split())}."


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Also load Millrace, once.")
@in_sentences
def prepare(with_demo: bool) -> None:
    """Bring the schema up to date."""
    schema.upgrade_when_needed()
    if with_demo:
        demo.load()


@click.command("demo")
@click.option("--products", default=0, help="Also up to so many more products, for measuring.")
@click.option("--customers", default=0, help="Also up to so many more customers, with buyers.")
@click.option("--orders", default=0, help="Also up to so many more orders, of three years.")
@in_sentences
def load_demo(**more: int) -> None:
    """Load the demo business Millrace, once."""
    click.echo("Millrace is ready." if demo.load() else "Millrace was already here.")
    if wanted := {what: many for what, many in more.items() if many}:
        growing.grow(**more)
        click.echo(f"It has {' and '.join(f'{many:,} {what}' for what, many in wanted.items())} more.")


@click.command()
@pass_script_info
def worker(info: ScriptInfo) -> None:
    """Relay promises, keep the clock and work, until told to stop."""
    app = info.load_app()
    if app.extensions["gateways"].queue is None:
        raise click.ClickException("The worker needs a queue: set REDIS_URL.")
    from app.worker import run  # RQ is for this process only

    run(app)


@outbox_commands.command("drain")
@in_sentences
def drain() -> None:
    """Work on everything that is due, in this process."""
    click.echo(f"{jobs.perform_all()} promises worked on.")


@outbox_commands.command("list")
@click.option("--state", type=click.Choice(sorted(promises.STATES)), default="failed", show_default=True)
@in_sentences
def list_promises(state: str) -> None:
    """Show the newest promises in one state."""
    page = promises.messages_listed(state=state)
    for row in page.rows:
        found = row.OutboxMessage
        why = f"  {found.last_error}" if found.last_error else ""
        click.echo(
            f"{found.id:>8}  {found.created_at:%Y-%m-%d %H:%M}  {found.topic}  {found.attempts} tries{why}"
        )
    click.echo(f"{page.count_words} {state}.")


@outbox_commands.command("retry")
@click.argument("message_id", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="Every promise that was given up.")
@in_sentences
def retry(message_id: int | None, everything: bool) -> None:
    """Give promises that were given up all their tries back."""
    if everything == (message_id is not None):
        raise click.UsageError("Name one promise, or say --all.")
    tried = 1
    if message_id is None:
        tried = operations.try_all_again(by=SYSTEM)
    else:
        operations.try_again(message_id, by=SYSTEM)
    click.echo(f"{tried} will be tried again.")


@billing_commands.command("catch-up")
@click.option(
    "--paid-before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="What left before this day is paid already, so that nobody is asked for it again.",
)
@in_sentences
def catch_up(paid_before: datetime | None) -> None:
    """Invoice what left before invoices were kept here, once. It can be stopped and begun again."""
    day = paid_before.date() if paid_before else None
    caught = catching_up.catch_up(by=SYSTEM, at=clock.now(), paid_before=day, tell=_say_how_far)
    click.echo(
        f"{caught.invoices:,} shipments were invoiced, for {caught.total:,.2f}; {caught.paid:,.2f} is paid."
    )


def _say_how_far(caught: catching_up.Caught) -> None:
    if caught.invoices % EVERY_SO_OFTEN == 0:
        click.echo(f"{caught.invoices:,} so far")


@user_commands.command("create-admin")
@click.option("--email")
@click.option("--name")
@click.option("--password", envvar="ADMIN_PASSWORD")
@in_sentences
def create_admin(**given: str | None) -> None:
    """Make the first administrator, or another one when nobody can sign in. Asks for what is not given."""
    person = _administrator({field: said for field, said in given.items() if said})
    click.echo(f"{person.name} can sign in as {person.email}.")


def _administrator(given: dict[str, str]) -> User:
    """What somebody typed and we refuse is asked for again, and nothing else."""
    typed: dict[str, str] = {}
    while True:
        for field in ADMINISTRATOR:
            if field not in given | typed:
                typed[field] = _asked_for(field)
        try:
            return administrators.create(**given, **typed, passwords=passwords(), at=clock.now())
        except Refused as refusal:
            if refusal.field not in typed:
                raise
            click.echo(f"Error: {refusal.message}", err=True)
            del typed[refusal.field]


def _asked_for(field: str) -> str:
    secret = field == "password"
    said: str = click.prompt(field.capitalize(), hide_input=secret, confirmation_prompt=secret)
    return said


@click.command()
@in_sentences
def check() -> None:
    """Prove the book: every invariant, and the rows that break one."""
    verdicts = checks.run_all()
    for verdict in verdicts:
        click.echo(f"{'ok   ' if verdict.holds else 'WRONG'}  {verdict.invariant.question}")
        for finding in verdict.findings:
            click.echo(f"         {finding.row}: {finding.what}")
    if not all(verdict.holds for verdict in verdicts):
        raise SystemExit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_sentences
def make_backup(file: Path) -> None:
    """Write the whole database into FILE, while everybody works."""
    contents = back_up(file, at=clock.now())
    rows = sum(table.rows for table in contents.tables)
    click.echo(f"{file}: {rows:,} rows of {len(contents.tables)} tables, revision {contents.revision}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Delete everything in the database first.")
@in_sentences
def restore_backup(file: Path, replace: bool) -> None:
    """Bring a backup back: all of it, or nothing. Stop web and worker first."""
    contents = restore(file, replace=replace)
    rows = sum(table.rows for table in contents.tables)
    click.echo(f"{rows:,} rows of {len(contents.tables)} tables are back, as of {contents.made_at}.")
    waiting, _, _ = depth_and_age()
    if waiting:
        click.echo(f"{waiting} promises were open then and are kept again once a worker runs.")
