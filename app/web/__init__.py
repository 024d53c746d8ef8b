"""What every page and endpoint needs; no business nouns."""
