"""What programs send and are told about orders."""
