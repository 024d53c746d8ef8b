"""The whole database in one file, without any program but this one: making it, and bringing it back."""
