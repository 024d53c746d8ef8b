"""Every question about baskets."""
