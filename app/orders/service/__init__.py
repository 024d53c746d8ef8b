"""What people do with baskets, pads and orders."""
