"""The box for a quantity: what stands in it, and what its two buttons do."""

from typing import NamedTuple

from markupsafe import Markup

from app.catalogue.quantities import Packed, largest, smallest
from app.shop.forms import QuantitiesForm

NONE = Markup()


class Box(NamedTuple):
    """`quantity` is as it was typed; `up` and `down` are by how much the buttons change it.

    `limits` are attributes of the box, for the few products that have any beside their pack.
    """

    name: str
    quantity: str
    pack: int
    least: int
    limits: Markup
    up: int
    down: int
    error: str | None


def box_of(product: Packed, product_id: int, held: int, form: QuantitiesForm) -> Box:
    """From none the first step leads to the least that can be ordered, and from there back to none."""
    pack, least = product.pack_size, smallest(product)
    return Box(
        name=f"q{product_id}",
        quantity=form.typed.get(product_id) or str(held),
        pack=pack,
        least=least,
        limits=_limits(product, least),
        up=pack if held else least,
        down=pack if held > least else held,
        error=form.problems.get(product_id),
    )


def _limits(product: Packed, least: int) -> Markup:
    if least == product.pack_size and product.max_qty is None:
        return NONE
    return Markup('data-least="{}" max="{}"').format(least, largest(product))
