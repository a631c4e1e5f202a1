"""Rasa's room: Python 3.10, loopback only, the only code that imports `rasa`."""
