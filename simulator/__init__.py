"""Platforms that are not there: real servers on loopback that behave, and misbehave, as vendors do."""
