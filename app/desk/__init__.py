"""Pages for staff that put several features together."""
