"""Every question about baskets and orders."""
