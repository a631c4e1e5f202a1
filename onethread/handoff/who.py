"""Who a customer is, in words for people at the desk. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onethread.storage.agents import Agent
from onethread.storage.people import Found, PersonAddress, PersonLink

from .roles import Right, may
from .views import channel_name, name_of

_EVIDENCE = {
    "phone": "Both platforms attest the same phone number",
    "platform": "The platform says that it is the same person",
    "contact": "Shared their own number in the app",
    "deep_link": "Opened a link from one app in the other, and said yes",
    "login": "Signed in at the shop with the same account",
    "code": "Typed the code that was sent to the other app",
    "desk": "Decided at the desk",
}
_TRUST = {"claimed": "only claimed", "attested": "attested", "proved": "proved"}
_STATUS = {
    "asked": "Is being carried out",
    "done": "Linked",
    "proposed": "Waits for a decision",
    "refused": "Refused",
    "undone": "Undone",
}


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """One address, and what is known of it."""

    channel: str
    label: str
    about: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One link, and what may be done with it."""

    id: str
    between: str
    evidence: str
    status: str
    at: datetime
    about: str
    other_id: str
    can_undo: bool
    can_decide: bool


@dataclass(frozen=True, slots=True)
class ShownFound:
    """A customer who may be the same person."""

    customer_id: str
    name: str
    channels: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Who:
    """The panel; `state` changes whenever it has to be drawn anew."""

    addresses: tuple[ShownAddress, ...]
    links: tuple[ShownLink, ...]
    found: tuple[ShownFound, ...]
    wanted: str
    can_link: bool
    open: bool
    proposals: int

    @property
    def state(self) -> str:
        """A word for what it shows."""
        return f"{len(self.addresses)}|{'|'.join(link.id + link.status for link in self.links)}"


def who(
    agent: Agent,
    addresses: Sequence[PersonAddress],
    links: Sequence[PersonLink],
    found: Sequence[Found],
    wanted: str,
) -> Who:
    """The panel for this person."""
    decides = may(agent.role, Right.LINK)
    proposals = sum(link.status == "proposed" for link in links)
    return Who(
        addresses=tuple(_address(one) for one in addresses),
        links=tuple(_link(one, decides=decides) for one in links),
        found=tuple(
            ShownFound(
                str(one.customer_id),
                name_of(one.name, "", one.customer_id),
                ", ".join(channel_name(channel) for channel in one.channels.split()),
                one.last_at,
            )
            for one in found
        ),
        wanted=wanted,
        can_link=decides,
        open=bool(wanted) or proposals > 0,
        proposals=proposals,
    )


def _address(one: PersonAddress) -> ShownAddress:
    said = []
    if one.phone:
        said.append("number attested")
    if one.subject:
        said.append(f"signed in at the shop as {one.subject}")
    if one.email:
        said.append(one.email)
    if one.valid_to:
        said.append(f"somebody else's since {one.valid_to:%d %b %Y}")
    label = " · ".join(part for part in (one.display_name, one.phone) if part)
    return ShownAddress(channel_name(one.channel), label, ", ".join(said), one.created_at)


def _link(one: PersonLink, *, decides: bool) -> ShownLink:
    sides = [(one.channel, one.label), (one.other_channel, one.other_label)]
    between = " and ".join(f"{channel_name(channel)} {label}".strip() for channel, label in sides if channel)
    about = [one.reason or ""]
    if one.undone_by:
        about.insert(0, f"by {one.undone_by}")
    return ShownLink(
        id=str(one.id),
        between=between,
        evidence=f"{_EVIDENCE.get(one.evidence, one.evidence)} ({_TRUST.get(one.trust, one.trust)})",
        status=_STATUS.get(one.status, one.status),
        at=one.undone_at or one.done_at or one.asked_at,
        about=": ".join(part for part in about if part),
        other_id=str(one.other_customer_id or ""),
        can_undo=decides and one.status == "done",
        can_decide=decides and one.status == "proposed",
    )
