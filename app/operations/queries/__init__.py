"""What the people who run the business's Docket ask of the database."""
