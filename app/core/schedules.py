"""Periodic work is claimed in PostgreSQL, so that two clocks do a thing once."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, String, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, db, rows_changed


class ScheduledRun(Model):
    """One slot of one periodic job that was handed to the outbox."""

    __tablename__ = "scheduled_run"
    __table_args__ = (Index("uq_scheduled_run_job_slot", "job", "slot", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[datetime]
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Pulse(Model):
    """A loop that must go on says that it does."""

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


def claim_slot(job: str, slot: datetime) -> bool:
    """True for exactly one caller per job and slot."""
    claimed = db.session.execute(
        insert(ScheduledRun).values(job=job, slot=slot).on_conflict_do_nothing().returning(ScheduledRun.id)
    )
    return claimed.first() is not None


def was_ever_claimed(job: str) -> bool:
    return bool(db.session.scalar(select(exists().where(ScheduledRun.job == job))))


def forget(before: datetime) -> int:
    return rows_changed(delete(ScheduledRun).where(ScheduledRun.slot < before))


def beat(name: str) -> None:
    now = func.clock_timestamp()
    db.session.execute(
        insert(Pulse)
        .values(name=name, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": now})
    )


def seconds_since_beat(name: str) -> float | None:
    """None when it never ran."""
    age = func.extract("epoch", func.clock_timestamp() - Pulse.at)
    seconds = db.session.scalar(select(age).where(Pulse.name == name))
    return None if seconds is None else float(seconds)
