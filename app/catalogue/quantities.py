"""How many of a product can be ordered: whole packs, and no fewer or more than it allows."""

from dataclasses import dataclass
from typing import Protocol

LARGEST = 999_999


class Packed(Protocol):
    """A product, or a row that knows as much about it."""

    @property
    def pack_size(self) -> int: ...
    @property
    def min_qty(self) -> int: ...
    @property
    def max_qty(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Fitted:
    """A quantity that can be ordered; `rule` says why, when it is not the one that was asked for."""

    quantity: int
    rule: str = ""

    @property
    def advice(self) -> str:
        """What to order instead, as a sentence; empty where nothing is wrong."""
        if not self.rule:
            return ""
        return f"Order {self.quantity:,}: {self.rule}." if self.quantity else f"{self.rule.capitalize()}."


def smallest(product: Packed) -> int:
    return _up(product.min_qty, product.pack_size)


def largest(product: Packed) -> int:
    return _down(product.max_qty or LARGEST, product.pack_size)


def fitted(product: Packed, quantity: int) -> Fitted:
    """The nearest quantity that can be ordered, and a pack more rather than one less. None stays none."""
    if quantity <= 0:
        return Fitted(0)
    least, most = smallest(product), largest(product)
    if most < least:
        return Fitted(0, "no whole pack fits between the least and the most of it")
    if quantity < least:
        return Fitted(least, f"{least:,} is the least you can order")
    if quantity > most:
        return Fitted(most, f"{most:,} is the most you can order")
    whole = _up(quantity, product.pack_size)
    return Fitted(whole, f"it comes in packs of {product.pack_size:,}" if whole != quantity else "")


def _up(quantity: int, pack_size: int) -> int:
    return -(-quantity // pack_size) * pack_size


def _down(quantity: int, pack_size: int) -> int:
    return quantity // pack_size * pack_size
