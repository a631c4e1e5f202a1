"""The house: one customer, one thread, every channel. README.md here walks a message through it."""
