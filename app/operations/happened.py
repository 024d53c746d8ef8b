"""What can happen anywhere in the house, in words; programs and addresses keep the short names."""

from collections.abc import Mapping, Sequence

from app.accounts.happened import HAPPENED as TO_PEOPLE
from app.accounts.happened import THINGS as OF_PEOPLE

HAPPENED = TO_PEOPLE | {
    "settings.changed": "Settings changed",
    "message.tried_again": "Message tried again",
    "message.sent_again": "Message sent again",
}
THINGS = OF_PEOPLE | {"setting": "Settings", "outbox_message": "Message"}


def in_words(names: Sequence[str], words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each name with its words, in the order in which people look for them; a name nobody knows stands for itself."""
    return sorted(((name, words.get(name, name)) for name in names), key=lambda pair: pair[1].lower())
