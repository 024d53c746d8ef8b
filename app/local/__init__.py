"""Docket on one machine that has nothing but Python: its own PostgreSQL, Valkey and process tree."""
