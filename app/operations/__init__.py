"""Pages that keep the house running: audit, messages, jobs, settings, health."""
