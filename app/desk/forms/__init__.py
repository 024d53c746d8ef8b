"""What staff type about orders."""
