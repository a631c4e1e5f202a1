"""The web chat door: our own page and widget; the database is its platform, Valkey only wakes it."""
