"""Filling a basket. It is a person's own note of what they may order: nobody audits it, and no stock is held."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.catalogue.models import Product
from app.catalogue.quantities import Fitted, fitted
from app.core.access import Viewer
from app.core.errors import NotFound, Refused
from app.core.transaction import use_case
from app.orders.queries import baskets

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Correction:
    """A quantity that could not be taken as it was asked for."""

    product: Product
    asked: int
    taken: Fitted

    def __str__(self) -> str:
        return (
            f"{self.product.name}: {self.asked:,} became {self.taken.quantity:,}, because {self.taken.rule}."
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """What was on sale when the page was opened."""

    name: str

    def __str__(self) -> str:
        return f"{self.name}: we no longer sell it, so it was left out."


Told = list[Correction | Gone]


@use_case
def set_quantities(wanted: Mapping[int, int], *, by: Viewer) -> Told:
    """From now on so many of each; none takes it out. What is not named stays, and twice is once."""
    if not wanted:
        return []
    return fill(own_basket(by), wanted, by=by)


@use_case
def add(wanted: Mapping[int, int], *, by: Viewer) -> Told:
    """So many more of each, beside what is in the basket already."""
    basket_id = own_basket(by)
    held = baskets.quantities_in(basket_id)
    return fill(basket_id, {one: held.get(one, 0) + more for one, more in wanted.items()}, by=by)


@use_case
def top_up(wanted: Mapping[int, int], *, by: Viewer) -> Told:
    """So many of each at least: what is in the basket already counts, and none of it goes."""
    basket_id = own_basket(by)
    held = baskets.quantities_in(basket_id)
    return fill(basket_id, {one: most for one, most in wanted.items() if most > held.get(one, 0)}, by=by)


def own_basket(by: Viewer) -> int:
    """The open one of a buyer, locked."""
    if by.customer_id is None:
        raise NotFound
    return baskets.open_basket(by.person_id, by.customer_id)


def fill(basket_id: int, wanted: Mapping[int, int], *, by: Viewer, called: str = "basket") -> Told:
    """Within a unit of work that has locked this basket."""
    products = baskets.products_in_sight(by, wanted.keys())
    fits = {number: fitted(product, wanted[number]) for number, product in products.items()}
    kept = {number: fit.quantity for number, fit in fits.items() if fit.quantity}
    if gone := wanted.keys() - kept.keys():
        baskets.take_out(basket_id, gone)
    if kept:
        baskets.put_in(basket_id, kept)
    if baskets.count_of_lines(basket_id) > MOST_LINES:
        raise Refused(f"A {called} holds {MOST_LINES} lines at most. Take something out first.")
    missed = [number for number in wanted.keys() - products.keys() if wanted[number]]
    return [
        *(Correction(products[one], wanted[one], fit) for one, fit in fits.items() if fit.rule),
        *map(Gone, baskets.names_of_what_is_gone(missed)),
    ]
