"""The table of moves as a page of the documentation: `python -m app.orders.drawing > docs/the-life-of-an-order.md`."""

from collections.abc import Iterator

from app.core.access import Permission
from app.orders.moves import MOVES, Move
from app.orders.states import OrderStatus

HEAD = """# The life of an order

Made from the table in `app/orders/moves.py`: the same rows decide which buttons a page shows, which `actions` the API
names and what every use case allows.
"""


def page() -> str:
    return "\n".join([HEAD, *_drawing(), "", *_table(), ""])


def _drawing() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {OrderStatus.PENDING.value}: place"
    for before, after, names in _arrows():
        yield f"    {before} --> {after}: {', '.join(names)}"
    yield "```"


def _arrows() -> Iterator[tuple[str, str, list[str]]]:
    """Moves between the same two statuses share an arrow; what leaves an order where it is, is not drawn."""
    for before in OrderStatus:
        for after in OrderStatus:
            names = [move.name for move in MOVES if before in move.out_of and move.into is after]
            if names:
                yield before.value, after.value, names


def _table() -> Iterator[str]:
    yield "| Move | From | To | We need | Buyers need | Only if | What it does |"
    yield "|---|---|---|---|---|---|---|"
    for move in MOVES:
        cells = (
            f"`{move.name}`",
            ", ".join(status.value for status in OrderStatus if status in move.out_of),
            _end(move),
            _permission(move.staff),
            _permission(move.buyer),
            _conditions(move),
            move.effects,
        )
        yield f"| {' | '.join(cells)} |"


def _end(move: Move) -> str:
    if move.into is None:
        return "stays"
    return f"{move.into.value}, once {move.once}" if move.once else move.into.value


def _permission(needed: Permission | None) -> str:
    return f"`{needed.value}`" if needed else "–"


def _conditions(move: Move) -> str:
    return ", ".join(guard.words for guard in move.guards) or "–"


if __name__ == "__main__":
    print(page(), end="")
