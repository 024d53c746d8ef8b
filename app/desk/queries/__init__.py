"""Read-only questions over several features."""
