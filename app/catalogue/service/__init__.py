"""What can be done to the catalogue: one module for each subject."""
