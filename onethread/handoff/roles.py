"""What each role may do at the desk. Pure."""

from __future__ import annotations

from enum import StrEnum

from onethread.storage.agents import Role


class Right(StrEnum):
    """Something that not everybody may do."""

    READ = "read"
    ANSWER = "answer"
    NOTE = "note"
    RELEASE_OTHERS = "release_others"
    LINK = "link"


_RIGHTS: dict[Role, frozenset[Right]] = {
    "viewer": frozenset({Right.READ}),
    "agent": frozenset({Right.READ, Right.ANSWER, Right.NOTE}),
    "supervisor": frozenset(Right),
    "admin": frozenset(Right),
}
ROLES: tuple[Role, ...] = ("viewer", "agent", "supervisor", "admin")


def may(role: Role, right: Right) -> bool:
    """Whether this role has this right."""
    return right in _RIGHTS[role]
