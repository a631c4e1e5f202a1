"""What the shop's editors wrote down for customers, and how to find the right piece of it."""

from .entries import Entry, Problem
from .port import KnowledgePort, Match

__all__ = ["Entry", "KnowledgePort", "Match", "Problem"]
