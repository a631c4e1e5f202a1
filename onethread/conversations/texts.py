"""The house's own sentences, read from the same response files the assistant speaks from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from connectors.contract import Channel
from connectors.contract.marks import literal

RESPONSES = Path(__file__).resolve().parents[2] / "domain" / "responses"

HOUSE_KEYS = (
    "disclosure",
    "apology",
    "opted_out",
    "opted_in",
    "handed_to_person",
    "agent_joined",
    "agent_left",
    "card_masked",
    "unsupported_media",
    "tap_over",
    "continued",
    "continue_ask",
    "continue_done",
    "continue_dropped",
    "continue_over",
    "contact_own",
    "contact_foreign",
    "code",
    "code_number_ask",
    "code_asked",
    "code_too_many",
    "code_wrong",
    "code_over",
    "code_right",
    *(f"channel_{channel.value}" for channel in Channel),
    "language_chosen",
    *(
        f"{effect}_{end}"
        for effect in ("cancel_order", "change_order", "return_item", "send_invoice")
        for end in ("done", "refused")
    ),
)


class TextMissing(RuntimeError):
    """A response file lacks a sentence the house must be able to say."""


@dataclass(frozen=True, slots=True)
class HouseText:
    """One sentence in one language, with the choices under it."""

    text: str
    buttons: tuple[Mapping[str, str], ...] = ()


class HouseTexts:
    """Sentences by key (`apology` for `utter_house_apology`) and language."""

    def __init__(self, responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._responses = responses
        missing = [key for key in HOUSE_KEYS if not responses.get(f"utter_house_{key}")]
        if missing:
            raise TextMissing(f"domain/responses lacks utter_house_{', utter_house_'.join(missing)}")

    @classmethod
    def load(cls, folder: Path = RESPONSES) -> HouseTexts:
        """Read every file of the folder; raises `TextMissing` when a sentence is not there."""
        responses: dict[str, Any] = {}
        for path in sorted(folder.glob("**/*.yml")):
            responses.update((yaml.safe_load(path.read_text("utf-8")) or {}).get("responses") or {})
        return cls(responses)

    def say(self, key: str, language: str, **values: str) -> HouseText:
        """The sentence in this language, else the one for no language, with {names} filled in as no mark."""
        variations = self._responses[f"utter_house_{key}"]
        chosen = next(
            (one for one in variations if _language_of(one) == language and "channel" not in one),
            next((one for one in variations if "condition" not in one), variations[-1]),
        )
        text = str(chosen.get("text", ""))
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", literal(value))
        buttons = tuple(
            {"title": str(button["title"]), "payload": str(button.get("payload", ""))}
            for button in chosen.get("buttons") or ()
        )
        return HouseText(text.strip(), buttons)


def _language_of(variation: Mapping[str, Any]) -> str | None:
    for condition in variation.get("condition") or ():
        if condition.get("type") == "slot" and condition.get("name") == "language":
            return str(condition.get("value"))
    return None
