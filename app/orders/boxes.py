"""The box for a quantity: what stands in it, and what its two buttons do."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from markupsafe import Markup

from app.catalogue.quantities import LARGEST, Packed, largest, smallest

NONE = Markup()


class Ordered(Packed, Protocol):
    """A product that can be ordered, or a line that knows as much about it."""

    @property
    def product_id(self) -> int: ...


class Typed(Protocol):
    """What was typed into boxes and is shown again, and what is wrong with it, by product."""

    @property
    def typed(self) -> Mapping[int, str]: ...
    @property
    def problems(self) -> Mapping[int, str]: ...


class Box(NamedTuple):
    """`quantity` is as it was typed; `up` and `down` are by how much the buttons change it.

    `limits` are attributes of the box, for the few products that have any beside their pack.
    """

    name: str
    product_id: int
    quantity: str
    pack: int
    least: int
    most: int
    limits: Markup
    up: int
    down: int
    error: str | None

    @property
    def can_be_any(self) -> bool:
        return self.least == 1 and self.most == LARGEST


def box_of(product: Ordered, held: int, form: Typed) -> Box:
    """From none the first step leads to the least that can be ordered, and from there back to none."""
    number, pack, least = product.product_id, product.pack_size, smallest(product)
    return Box(
        name=f"q{number}",
        product_id=number,
        quantity=form.typed.get(number) or str(held),
        pack=pack,
        least=least,
        most=largest(product),
        limits=_limits(product, least),
        up=pack if held else least,
        down=pack if held > least else held,
        error=form.problems.get(number),
    )


def _limits(product: Packed, least: int) -> Markup:
    if least == product.pack_size and product.max_qty is None:
        return NONE
    return Markup('data-least="{}" max="{}"').format(least, largest(product))
