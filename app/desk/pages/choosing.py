"""Whom something is for: a customer, chosen first."""

from typing import Any

from app.customers.queries.customers import customers_listed
from app.web.listing import Listing, asked


def customers_to_choose_from(*, status: str = "") -> Listing[Any]:
    """Those who stand like this, or all who are not deleted."""
    wanted = asked(sorts=("name",))
    page = customers_listed(
        sort="name",
        descending=False,
        q=wanted["q"],
        status=status,
        manager_id=None,
        after=wanted.after,
        before=wanted.before,
    )
    return Listing(page, wanted, "customers", one="customer")
