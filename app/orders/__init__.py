"""What customers want: their baskets and pads, and their orders until somebody picks them."""
