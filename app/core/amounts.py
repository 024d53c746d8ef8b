"""Reading an amount as somebody typed it: what can be read in two ways is refused, never guessed."""

import re
from decimal import Decimal

from app.core.errors import Refused

LARGEST = Decimal("9999999999")  # what a NUMERIC(12, 2) column holds, without its pence
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
TWO_WAYS = re.compile(r"[0-9][0-9.]*,[0-9.,]*")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
SIGNS = "£$€"
EXAMPLE = "18.40"


def amount_of(typed: str, *, places: int = 2, like: str = EXAMPLE) -> Decimal:
    """18.40, 1250, £1,250.00. A comma needs its point: 1,250 alone may as well mean one and a quarter."""
    text = typed.strip().lstrip(SIGNS).strip()
    if text.startswith(("-", "−")):
        raise Refused("Type an amount that is not below zero.")
    if GROUPED.fullmatch(text) and ("." in text or text.count(",") > 1):
        text = text.replace(",", "")
    if TWO_WAYS.fullmatch(text):
        raise Refused(f"“{typed}” can be read in two ways. Type it without a comma, like {like}.")
    if not PLAIN.fullmatch(text):
        raise Refused(f"“{typed}” is not an amount. Type it like {like}.")
    if len(text.partition(".")[2]) > places:  # also 1.500: somewhere that is a thousand and a half
        raise Refused(f"“{typed}” has more than {places} places after the point.")
    amount = Decimal(text)
    if amount > LARGEST:
        raise Refused("That is more than we can write down.")
    return amount.quantize(Decimal(1).scaleb(-places))
