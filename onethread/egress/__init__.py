"""The last room of the walk: sending what was decided, once, in order, and hearing what became of it."""
