"""What the rows of a file can be told, each by itself and beside each other, once everything around is looked up."""
