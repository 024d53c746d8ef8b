"""What the page of a change shows of each line."""

from typing import NamedTuple

from app.orders.amended import AmendedLine, Plan
from app.orders.boxes import Box, box_of
from app.orders.forms import ChangeForm


class ChangeRow(NamedTuple):
    """`problem` says why so many cannot be ordered, and what to do."""

    line: AmendedLine
    box: Box
    problem: str


def rows_of(plan: Plan, form: ChangeForm) -> list[ChangeRow]:
    """What was taken out before today's change is not shown again."""
    shown = [line for line in plan.lines if line.before or line.after or line.product_id in form.problems]
    return [_row(line, form) for line in shown]


def _row(line: AmendedLine, form: ChangeForm) -> ChangeRow:
    box = box_of(line.product, form.quantities.get(line.product_id, 0), form)
    return ChangeRow(line, box, box.error or _why_not(line))


def _why_not(line: AmendedLine) -> str:
    if line.advice or not line.is_short:
        return line.advice
    return f"Only {line.product.left:,} more can be had." if line.product.left else "None more are left."
