"""A gateway counts in the smallest coin of a currency: pence of a pound, yen as they are, fils of a dinar."""

from decimal import Decimal

# As Stripe counts: it keeps the hundredths of ISK and UGX, which no coin has.
WITHOUT_PARTS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
IN_THOUSANDTHS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def places_of(currency: str) -> int:
    if currency.upper() in WITHOUT_PARTS:
        return 0
    return 3 if currency.upper() in IN_THOUSANDTHS else 2


def in_minor_units(amount: Decimal, currency: str) -> int:
    """1864 for £18.64, 18 for ¥18. What no coin can pay is refused, never rounded."""
    counted = amount.scaleb(places_of(currency))
    if counted != counted.to_integral_value():
        raise ValueError(f"Nobody can pay {amount} {currency.upper()}: there is no such coin.")
    return int(counted)


def from_minor_units(count: int, currency: str) -> Decimal:
    """With two places at least, as everything is stored here."""
    amount = Decimal(count).scaleb(-places_of(currency))
    return amount.quantize(Decimal("0.01")) if places_of(currency) < 3 else amount
