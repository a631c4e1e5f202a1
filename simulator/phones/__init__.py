"""The page with phones on it: the demo, and the way to try the SMS door without an account."""

from .page import PhonesPage

__all__ = ["PhonesPage"]
