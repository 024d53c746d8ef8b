"""Who buys from us: their terms, their addresses, and how they come to trade with us."""
