"""What stands where a file wants something else, and the statements that write a whole part of one at once."""
