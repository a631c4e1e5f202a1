"""The desk: people see who waits, answer, and hand back."""
