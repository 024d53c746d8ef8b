"""What a new installation still has to be told before it can face a customer."""

from dataclasses import dataclass
from typing import NamedTuple

from app.core.business import Business


class Known(NamedTuple):
    """What the rooms of the house have been told already."""

    tax_rates: bool
    delivery_methods: bool
    categories: bool
    products: bool
    prices: bool
    customers: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the page on which it is done."""

    words: str
    endpoint: str
    is_done: bool


def steps(business: Business, known: Known) -> list[Step]:
    """In the order in which they are worth doing; none when all are done."""
    settings = "operations.settings"
    reachable = bool(business.phone and business.email and business.address)
    every = [
        Step("Name the business", settings, business.name != Business().name),
        Step("Say how customers reach you, and where you are", settings, reachable),
        Step("Fill in your VAT number", settings, bool(business.tax_id)),
        Step("Fill in the bank account for transfers", settings, bool(business.bank_account)),
        Step("Set the VAT rates", "catalogue_admin.taxes", known.tax_rates),
        Step("Say how and when you deliver", "catalogue_admin.delivery", known.delivery_methods),
        Step("Add the first category", "catalogue_admin.categories", known.categories),
        Step("Add or import the first products", "desk.products", known.products),
        Step("Put the first prices on the base list", "catalogue_admin.price_lists", known.prices),
        Step("Add the first customer", "customers.new_customer", known.customers),
    ]
    return [] if all(step.is_done for step in every) else every
