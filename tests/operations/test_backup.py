"""A backup brought back is the same database, row for row; a damaged one changes nothing."""

import os
import resource
import stat
import tracemalloc
from zipfile import ZipFile

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from app import create_app
from app.catalogue.models import PriceList, PriceListKind
from app.core import audit, clock, outbox
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Refused
from app.core.schema import newest_revision
from app.operations.backup.archive import CONTENTS, Damaged
from app.operations.backup.making import back_up
from app.operations.backup.restoring import restore
from tests import factories
from tests.conftest import dropped, settings_for_tests

STRANGE = "Café\t\\N\n\"quoted\", ünïcode \u2028 'single' \\. end"


@pytest.fixture
def original(own_app):
    """A database with a bit of everything in it, strange characters included."""
    with own_app.app_context():
        kettle = factories.customer("Copper Kettle")
        kettle.name = STRANGE
        hana = factories.user("Hana Whitlock", role="admin")
        agreed = PriceList(code="kettle", name="Agreed", kind=PriceListKind.CONTRACT, customer_id=kettle.id)
        factories.saved(agreed)
        kettle.account_manager_id, kettle.price_list_id = hana.id, agreed.id  # each points at the other
        maya = factories.user("Maya Osei", role="buyer", of=kettle)
        for number in range(3):
            outbox.promise("accounts.mail_welcome", dedupe_key=f"k{number}", text=STRANGE)
        audit.record("user.edited", maya, by=SYSTEM, diff={"name": [None, STRANGE]})
        db.session.execute(text("INSERT INTO scheduled_run (job, slot) VALUES ('a', '2026-03-29 01:30+00')"))
        db.session.execute(
            text(
                "INSERT INTO idempotency_key (principal, key, fingerprint, body, created_at)"
                " VALUES ('p', 'k', 'f', '\\x00ff5c0a'::bytea, '2026-10-25 00:30:00.123456+00')"
            )
        )
        db.session.commit()
    return own_app


@pytest.fixture
def empty(running_servers, whole_app, original):
    """Another database, with the schema and nothing in it."""
    with whole_app.app_context():
        url = db.engine.url
        db.engine.dispose()
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = f"restored_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {url.database} STRATEGY file_copy"))
    address = url.set(database=name).render_as_string(hide_password=False)
    app = create_app(settings_for_tests(running_servers, database_url=address))
    yield app
    with app.app_context():
        db.engine.dispose()
    with admin.connect() as connection:
        dropped(connection, name)
    admin.dispose()


def fingerprints(app) -> dict[str, str]:
    """Every table and every counter, boiled down to one line each."""
    with app.app_context(), db.engine.connect() as connection:
        found = {}
        for name in inspect(connection).get_table_names():
            rows = f'SELECT t::text AS row FROM "{name}" AS t'
            found[name] = connection.scalar(
                text(
                    f"SELECT count(*) || ' ' || md5(coalesce(string_agg(row, ' ' ORDER BY row), '')) FROM ({rows}) r"
                )
            )
        for name in connection.scalars(text("SELECT sequencename FROM pg_sequences")).all():
            found[name] = connection.scalar(
                text(f"SELECT 'next ' || last_value + is_called::int FROM \"{name}\"")
            )
        return found


def backed_up(app, path):
    with app.app_context():
        return back_up(path, at=clock.now())


def brought_back(app, path, *, replace=False):
    """As the shell does it: in a process that has no other connection."""
    with app.app_context():
        db.engine.dispose()
        return restore(path, replace=replace)


def test_a_restored_copy_equals_the_original(original, empty, tmp_path):
    before = fingerprints(original)
    backed_up(original, tmp_path / "all.docket")
    assert fingerprints(empty) != before
    brought_back(empty, tmp_path / "all.docket")
    assert fingerprints(empty) == before
    assert before["audit_event"].startswith("1 ")


def test_life_goes_on_in_the_restored_copy(original, empty, tmp_path):
    """New rows get new numbers, and history still refuses to be changed."""
    backed_up(original, tmp_path / "all.docket")
    brought_back(empty, tmp_path / "all.docket")
    with empty.app_context():
        person = factories.user("Tom Ridley", role="order_clerk")
        assert person.id > 2
        with pytest.raises(Exception, match="keeps history"):
            db.session.execute(text("DELETE FROM audit_event"))


def test_a_number_that_was_given_once_is_never_given_again(original, empty, tmp_path):
    with original.app_context():
        latest = factories.saved(factories.customer("Closed Soon")).id
        db.session.execute(text("DELETE FROM customer WHERE name = 'Closed Soon'"))
        db.session.commit()
    backed_up(original, tmp_path / "all.docket")
    brought_back(empty, tmp_path / "all.docket")
    backed_up(empty, tmp_path / "again.docket")
    brought_back(empty, tmp_path / "again.docket", replace=True)
    with empty.app_context():
        assert factories.customer("Brand New").id > latest


def test_a_database_in_use_is_only_replaced_when_told_so(original, empty, tmp_path):
    backed_up(original, tmp_path / "all.docket")
    with empty.app_context():
        factories.user("Wanda Price", role="warehouse")
    in_use = fingerprints(empty)
    with pytest.raises(Conflict, match="--replace"):
        brought_back(empty, tmp_path / "all.docket")
    assert fingerprints(empty) == in_use
    brought_back(empty, tmp_path / "all.docket", replace=True)
    assert fingerprints(empty) == fingerprints(original)


@pytest.mark.parametrize("who", ["docket", "docket relay", "docket worker"])
def test_nothing_is_restored_under_the_feet_of_a_running_docket(original, empty, tmp_path, who):
    backed_up(original, tmp_path / "all.docket")
    with empty.app_context():
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    before = fingerprints(empty)
    with psycopg.connect(address, application_name=who) as running:
        running.execute("SELECT 1")
        with pytest.raises(Conflict, match="Stop web and worker"):
            brought_back(empty, tmp_path / "all.docket", replace=True)
    assert fingerprints(empty) == before
    with psycopg.connect(address, application_name="a monitor"):
        brought_back(empty, tmp_path / "all.docket")


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-200])


def one_bit_turned(path):
    with ZipFile(path) as archive:
        place = archive.getinfo("tables/user.copy").header_offset + 90
    held = bytearray(path.read_bytes())
    held[place] ^= 0x10
    path.write_bytes(held)


def without_a_row(path):
    """A well-formed file from which somebody took a line."""
    _rewritten(path, "tables/outbox_message.copy", lambda held: held.split(b"\n", 1)[1])


def without_a_table(path):
    _rewritten(path, "tables/session.copy", lambda _: None)


def with_a_child_of_nobody(path):
    _rewritten(path, "tables/user_role.copy", lambda held: held.replace(b"1\t", b"777\t", 1))


def something_else(path):
    path.write_text("Dear diary")


def _rewritten(path, part, change):
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with ZipFile(path, "w") as archive:
        for name, held in parts.items():
            if held is not None:
                archive.writestr(name, held)


@pytest.mark.parametrize(
    "harm",
    [cut_off, one_bit_turned, without_a_row, without_a_table, with_a_child_of_nobody, something_else],
    ids=lambda harm: harm.__name__,
)
def test_a_damaged_file_leaves_nothing_half_restored(original, empty, tmp_path, harm):
    backed_up(original, tmp_path / "all.docket")
    harm(tmp_path / "all.docket")
    with empty.app_context():
        factories.user("Wanda Price", role="warehouse")
    before = fingerprints(empty)
    with pytest.raises(Damaged):
        brought_back(empty, tmp_path / "all.docket", replace=True)
    assert fingerprints(empty) == before


def test_another_revision_is_refused_in_a_sentence(original, empty, tmp_path):
    newest = newest_revision()
    backed_up(original, tmp_path / "all.docket")
    _rewritten(
        tmp_path / "all.docket", CONTENTS, lambda held: held.replace(f'"{newest}"'.encode(), b'"0000"')
    )
    with pytest.raises(Refused, match=f"made at revision 0000 and this database is at {newest}"):
        brought_back(empty, tmp_path / "all.docket")


def test_the_backup_is_one_moment_even_while_others_write(original, tmp_path, monkeypatch):
    """Somebody commits right after the first table was read: none of it may be in the file."""
    from app.operations.backup import making

    real, done = making._copied_out, []

    def slowly(connection, *rest):
        table = real(connection, *rest)
        if not done:
            with db.engine.begin() as other:
                other.execute(text("INSERT INTO outbox_message (topic, payload) VALUES ('late.one', '{}')"))
            done.append(table)
        return table

    monkeypatch.setattr(making, "_copied_out", slowly)
    contents = backed_up(original, tmp_path / "all.docket")
    assert {table.name: table.rows for table in contents.tables}["outbox_message"] == 3


def test_only_its_owner_may_read_a_backup_and_none_is_overwritten(original, tmp_path):
    path = tmp_path / "all.docket"
    backed_up(original, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(Refused, match="is there already"):
        backed_up(original, path)
    assert [found.name for found in tmp_path.iterdir()] == ["all.docket"]


def test_a_place_that_cannot_be_written_is_one_sentence(original, tmp_path):
    with pytest.raises(Refused, match="cannot be written: No such file or directory"):
        backed_up(original, tmp_path / "nowhere" / "all.docket")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(original, tmp_path):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
    try:
        with pytest.raises(Refused, match="cannot be written: File too large"):
            backed_up(original, tmp_path / "all.docket")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_table(original, empty, tmp_path):
    with original.app_context(), db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox_message (topic, payload)"
                " SELECT 'big.one', jsonb_build_object('text', repeat(md5(n::text), 40))"
                " FROM generate_series(1, 20000) n"
            )
        )
    tracemalloc.start()
    try:
        backed_up(original, tmp_path / "all.docket")
        brought_back(empty, tmp_path / "all.docket")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 12_000_000
    assert fingerprints(empty) == fingerprints(original)
