"""Measures the running product beside stock Rasa; nothing here is part of a message's walk."""
