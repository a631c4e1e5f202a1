"""Four phones side by side: the demo, and the way to try every door without an account."""

from .page import PhonesPage
from .people import People, Person
from .phones import Line
from .server import PhonesServer

__all__ = ["Line", "People", "Person", "PhonesPage", "PhonesServer"]
