"""Money: one way to round it, and one way to write it."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from babel.core import Locale
from babel.numbers import format_currency, get_currency_symbol

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


def sign_of(currency: str) -> str:
    """What stands before an amount in a form: £."""
    return str(get_currency_symbol(currency, locale=LOCALE))


def unit_price(amount: Decimal) -> Decimal:
    """With two places at least, and with the third and fourth where they say something: 18.40, 0.0125."""
    return amount.quantize(SMALLEST) if amount == rounded(amount) else amount.normalize()


@lru_cache(maxsize=4096)
def unit_money(amount: Decimal, currency: str) -> str:
    """What one costs, to the last place that counts: £18.40, £0.0125."""
    exact = unit_price(amount)
    return format_currency(exact, currency, locale=LOCALE, currency_digits=False, decimal_quantization=False)


def percent(rate: Decimal) -> str:
    """20%, 17.5%."""
    return f"{rate * 100:.4f}".rstrip("0").rstrip(".") + "%"
