"""Words every feature needs; no business nouns, no views."""
