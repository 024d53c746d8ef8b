"""Cards: what we ask the gateway to do, and what it tells us."""
