"""Where an API key may be used from: addresses and networks, as people type them and as requests come."""

from collections.abc import Collection, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from app.core.errors import Refused

MOST = 20
MAPPED = 96  # the bits before an IPv4 address that is written as IPv6
FIELD = "allowed_addresses"


def networks(typed: Iterable[str]) -> list[str]:
    """Each once, in one spelling; an address alone stands for itself."""
    found = sorted({str(_network(one)) for one in typed})
    if len(found) > MOST:
        raise Refused(f"Name {MOST} networks or fewer.", field=FIELD)
    return found


def includes(allowed: Collection[str], address: str) -> bool:
    """No list is no limit; where there is one, whoever we cannot place stays outside."""
    if not allowed:
        return True
    try:
        here = ip_address(address)
    except ValueError:
        return False
    here = getattr(here, "ipv4_mapped", None) or here
    return any(here in ip_network(network) for network in allowed)


def _network(typed: str) -> IPv4Network | IPv6Network:
    try:
        found = ip_network(typed, strict=False)
    except ValueError:
        found = None
    if found is None or "%" in typed:
        raise Refused(
            f"“{typed}” is no address. Type addresses like 203.0.113.7 or networks like 203.0.113.0/24.",
            field=FIELD,
        )
    if isinstance(found, IPv6Network) and found.network_address.ipv4_mapped and found.prefixlen >= MAPPED:
        found = IPv4Network((found.network_address.ipv4_mapped, found.prefixlen - MAPPED))
    if found.prefixlen == 0:
        raise Refused(f"“{typed}” is everywhere. Leave this empty for that.", field=FIELD)
    return found
