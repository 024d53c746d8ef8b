"""Every question about shipments and returns."""
