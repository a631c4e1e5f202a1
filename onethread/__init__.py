"""The house: one customer, one thread, every channel. README.md beside this file walks one message through it."""
