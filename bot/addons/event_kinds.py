"""Which class an event's name means, looked up instead of searched for.

Rasa walks all subclasses again for every event it reads.
"""

from typing import Dict, Optional, Type

from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

_KINDS: Dict[str, Type[Event]] = {}
_ask_rasa = Event.resolve_by_type


def kind_of(name: str) -> Optional[Type[Event]]:
    """The class of the events with this name, or None."""
    if not _KINDS:
        for known in all_subclasses(Event):
            _KINDS.setdefault(known.type_name, known)
    return _KINDS.get(name)


def _resolve(name: str, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
    return kind_of(name) or _ask_rasa(name, default)


def install() -> None:
    """Serving process only."""
    Event.resolve_by_type = staticmethod(_resolve)  # type: ignore[method-assign]
