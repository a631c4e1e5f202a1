"""Hypothesis without a clock: this machine has other things to do."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("onethread", deadline=None)
settings.load_profile("onethread")
