"""Every question about products, prices and taxes."""
