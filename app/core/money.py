"""Money: one way to round it, and one way to write it."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from babel.core import Locale
from babel.numbers import format_currency

LOCALE = Locale("en", "GB")
SMALLEST = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """To two places, half a penny up: what is stored, added up and charged."""
    return amount.quantize(SMALLEST, ROUND_HALF_UP) + 0  # there is no minus nought


@lru_cache(maxsize=4096)
def money(amount: Decimal, currency: str) -> str:
    """As people read it: £1,234.50."""
    with localcontext(rounding=ROUND_HALF_UP):  # a currency may have fewer places than we store
        return format_currency(rounded(amount), currency, locale=LOCALE).replace("-", "−")
