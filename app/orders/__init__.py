"""What customers want: today their baskets."""
