"""What people do with baskets."""
