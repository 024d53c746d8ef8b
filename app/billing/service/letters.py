"""Statements each month and reminders: promised once to each customer, some customers to a transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from app.billing import periods, reminding
from app.billing.queries import letters
from app.core import outbox
from app.core.transaction import use_case

STATEMENT = "billing.mail_statement"


def send_statements(*, on: date) -> None:
    """Of the month before this day, to everybody who has an account with us."""
    month = periods.month_before(on)
    key = f"statement:{{}}:{month.starts:%Y-%m}"
    told = {"starts": month.starts.isoformat()}
    _to_each(partial(letters.some_with_an_account, month), partial(_promise, STATEMENT, key, told))


def send_reminders(steps: Sequence[int], *, on: date) -> None:
    """To everybody of whom an open invoice reaches one of the steps on this day."""
    days = reminding.due_on_one_of(steps, on)
    key = f"reminder:{{}}:{on}"
    _to_each(partial(letters.some_to_remind, days), partial(_promise, letters.REMINDER, key, {}))


def _to_each(some: Callable[..., Sequence[int]], promise: Callable[[int], None]) -> None:
    """A job that is run again promises nothing twice, and goes on from where it was."""
    after: int | None = 0
    while after is not None:
        after = _promise_some(some, promise, after)


@use_case
def _promise_some(
    some: Callable[..., Sequence[int]], promise: Callable[[int], None], after: int
) -> int | None:
    """The last of them, or None when there was nobody left."""
    found = some(after=after)
    for customer_id in found:
        promise(customer_id)
    return found[-1] if found else None


def _promise(topic: str, key: str, told: Mapping[str, Any], customer_id: int) -> None:
    key, about = key.format(customer_id), letters.about(customer_id)
    outbox.promise(topic, dedupe_key=key, about=about, customer_id=customer_id, **told)
