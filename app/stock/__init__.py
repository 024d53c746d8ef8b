"""What is on the shelf, what is promised, and every movement in between."""
