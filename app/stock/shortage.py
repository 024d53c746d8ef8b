"""What is said when there is not enough of something."""

from typing import NamedTuple

from app.core.errors import Conflict, Refused, Several


class Short(NamedTuple):
    """One product of which less is left than was asked for, and the first line that asked."""

    line: int
    name: str
    wanted: int
    left: int

    @property
    def sentence(self) -> str:
        if self.left == 0:
            return f"{self.name} is out of stock."
        return f"Only {self.left:,} of {self.name} can be had, and you asked for {self.wanted:,}."


class ShortLine(Refused, Conflict):
    code = "out_of_stock"


class NotOnHand(Refused, Conflict):
    """It was promised, but it does not stand on the shelf."""

    code = "out_of_stock"


class OutOfStock(Several, Conflict):
    """Nothing was reserved. Each part names its line; `short` has the figures."""

    def __init__(self, short: list[Short]) -> None:
        parts = [ShortLine(one.sentence, field=f"items.{one.line}.quantity") for one in short]
        super().__init__(" ".join(part.message for part in parts), parts)
        self.short = tuple(short)
