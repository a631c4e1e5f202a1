"""Files in both directions: fetched, checked, kept, shown and forgotten."""
