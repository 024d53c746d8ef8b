"""What can happen anywhere in the house, in words; programs and addresses keep the short names."""

from collections.abc import Mapping, Sequence

from app.accounts.happened import HAPPENED as TO_PEOPLE
from app.accounts.happened import THINGS as OF_PEOPLE
from app.billing.happened import HAPPENED as TO_MONEY
from app.billing.happened import THINGS as OF_MONEY
from app.catalogue.happened import HAPPENED as TO_THE_CATALOGUE
from app.catalogue.happened import THINGS as OF_THE_CATALOGUE
from app.customers.happened import HAPPENED as TO_CUSTOMERS
from app.customers.happened import THINGS as OF_CUSTOMERS
from app.imports.happened import HAPPENED as TO_IMPORTS
from app.imports.happened import THINGS as OF_IMPORTS
from app.orders.happened import HAPPENED as TO_ORDERS
from app.orders.happened import THINGS as OF_ORDERS
from app.payments.happened import HAPPENED as TO_CARDS
from app.payments.happened import THINGS as OF_CARDS
from app.stock.happened import HAPPENED as TO_STOCK

TO_THE_HOUSE = {
    "settings.changed": "Settings changed",
    "message.tried_again": "Message tried again",
    "message.sent_again": "Message sent again",
    "list.exported": "List downloaded",
}
OF_THE_HOUSE = {"setting": "Settings", "outbox_message": "Message", "list": "List"}
HAPPENED = (
    TO_PEOPLE
    | TO_THE_CATALOGUE
    | TO_CUSTOMERS
    | TO_STOCK
    | TO_MONEY
    | TO_CARDS
    | TO_ORDERS
    | TO_IMPORTS
    | TO_THE_HOUSE
)
THINGS = (
    OF_PEOPLE | OF_THE_CATALOGUE | OF_CUSTOMERS | OF_MONEY | OF_CARDS | OF_ORDERS | OF_IMPORTS | OF_THE_HOUSE
)


def in_words(names: Sequence[str], words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each name with its words, in the order in which people look for them; a name nobody knows stands for itself."""
    return sorted(((name, words.get(name, name)) for name in names), key=lambda pair: pair[1].lower())
