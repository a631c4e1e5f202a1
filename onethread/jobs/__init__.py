"""Beside the walk: work that may take its time, kept in Postgres until it is done."""
