"""The repository of people and credentials: every SELECT and UPDATE, named for what it answers."""
