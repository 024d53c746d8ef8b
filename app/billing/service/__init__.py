"""What becomes of money that is owed."""
