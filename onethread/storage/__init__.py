"""Postgres: the tables, the engines and the migrations. The only room that names a table."""
