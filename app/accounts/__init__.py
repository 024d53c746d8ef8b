"""People, the customers they belong to, and how they prove who they are."""
