"""How long an invoice has been overdue, in the steps that everybody ages debt by."""

from datetime import date, timedelta
from typing import NamedTuple


class Age(NamedTuple):
    """From so many days after the due day to so many; without an end on one side, any more or any less."""

    word: str
    least: int | None
    most: int | None

    def due_from(self, on: date) -> date | None:
        return None if self.most is None else on - timedelta(days=self.most)

    def due_to(self, on: date) -> date | None:
        return None if self.least is None else on - timedelta(days=self.least)


AGES = {
    "current": Age("Not due yet", None, 0),
    "1-30": Age("1–30 days", 1, 30),
    "31-60": Age("31–60 days", 31, 60),
    "61-90": Age("61–90 days", 61, 90),
    "90+": Age("Over 90 days", 91, None),
}
