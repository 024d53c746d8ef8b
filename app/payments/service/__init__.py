"""What is asked of the card gateway, and what becomes of its answers."""
