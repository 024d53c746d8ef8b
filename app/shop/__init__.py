"""Pages for buyers that put several features together."""
