"""Starts, watches and ends every process of one instance; nothing here knows what a message is."""
