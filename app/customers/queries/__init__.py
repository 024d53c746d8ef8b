"""Every question about customers and their addresses."""
