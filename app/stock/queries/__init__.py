"""What stands on the shelves, and every statement that changes it."""
