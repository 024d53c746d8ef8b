"""What the shop asks, over several features."""
