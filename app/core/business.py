"""The business this installation serves: one row, kept in memory until somebody edits it."""

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Edited, Record, db

LATELY = 5.0


@dataclass(frozen=True, slots=True)
class Business:
    """What pages and mails say about us."""

    name: str = "Docket"
    short_name: str = "Docket"
    tagline: str = ""
    phone: str = ""
    email: str = ""
    opening_hours: str = ""
    address: str = ""
    tax_id: str = ""
    registration: str = ""
    bank_name: str = ""
    bank_account: str = ""
    bank_sort_code: str = ""
    reminder_days: str = "7, 14, 30"
    currency: str = "GBP"
    time_zone: str = "Europe/London"
    version: int = 0


class Setting(Edited, Record):
    """The one row behind `Business`."""

    __tablename__ = "setting"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(24))
    tagline: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    opening_hours: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(400), default="")
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    registration: Mapped[str] = mapped_column(String(120), default="", server_default="")
    bank_name: Mapped[str] = mapped_column(String(80), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    bank_sort_code: Mapped[str] = mapped_column(String(20), default="")
    reminder_days: Mapped[str] = mapped_column(String(40), default="7, 14, 30", server_default="7, 14, 30")
    currency: Mapped[str] = mapped_column(String(3), default="GBP")
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/London")

    def __str__(self) -> str:
        return self.name


_known = Business()
_good_until = 0.0


def business() -> Business:
    """As this process last read it."""
    return _known


def today() -> date:
    """The day it is where the business is."""
    return clock.business_day(clock.now(), _known.time_zone)


def business_as_of(version: int) -> Business:
    """Exactly as the database has it: the viewer's own query brings the row's version along."""
    return _known if _known.version == version else read_business()


def business_lately() -> Business:
    """For pages without a viewer: a few seconds old at most."""
    return _known if time.monotonic() < _good_until else read_business()


def read_business() -> Business:
    """Read the row, and remember it."""
    global _known, _good_until
    row = setting()
    _good_until = time.monotonic() + LATELY
    _known = Business(**_shown(row)) if row else Business()
    return _known


def setting(*, locked: bool = False) -> Setting | None:
    question = select(Setting)
    if locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(question).one_or_none()


def _shown(row: Setting) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Business.__dataclass_fields__}
