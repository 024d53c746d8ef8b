"""Every question about what was asked of the gateway."""
