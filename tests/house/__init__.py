"""Cheap tests that keep the shape of the house."""
