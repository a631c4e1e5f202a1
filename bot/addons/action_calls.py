"""Calls the action server: one kept connection, a deadline, the shared secret, a small constant domain."""

import asyncio
import time
from typing import Any, Dict, Optional

import aiohttp
import jsonschema
import rasa
import ujson
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.addons.breaker import Breaker

# rasa-sdk refuses a call without a domain, and hardly an action reads it: sending ours each time costs more
# than a turn.
SMALL_DOMAIN: Dict[str, Any] = {
    "config": {"store_entities_as_slots": True},
    "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
    "intents": [],
    "entities": [],
    "slots": {},
    "responses": {},
    "actions": [],
    "forms": {},
    "e2e_actions": [],
}
# Actions of rasa-sdk that validate slots and forms read the slots' mappings.
_READS_THE_DOMAIN = ("validate_", "action_validate_slot_mappings")


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint with one session for the life of the process and a deadline per call (seconds)."""

    deadline_s: float = 8.0
    _kept_session: Optional[aiohttp.ClientSession] = None
    _kept_breaker: Optional[Breaker] = None

    async def request(self, method: str = "post", subpath: Optional[str] = None, **kwargs: Any) -> Any:
        """Posts `kwargs["json"]`, a call of an action.

        Raises `ClientResponseError` from 400 on; `RasaException` when too late, or at once while the action
        is known to be down.
        """
        call = kwargs.get("json") or {}
        name = str(call.get("next_action", ""))
        if not self._breaker.allows(name, time.monotonic()):
            raise RasaException(f"{name} failed again and again and is left alone for a while.")
        try:
            answer = await self._post(call)
        except ClientResponseError as error:
            # 400 is an action's own refusal of this very call: it is up.
            if error.status >= 500:
                self._breaker.failed(name, time.monotonic())
            raise
        except (RasaException, aiohttp.ClientError, ValueError):
            self._breaker.failed(name, time.monotonic())
            raise
        self._breaker.worked(name)
        return answer

    async def _post(self, call: Dict[str, Any]) -> Any:
        session = self._session()
        try:
            async with session.post(self.url, json=call, headers=self.headers) as response:
                body = await response.read()
        except asyncio.TimeoutError as error:
            raise RasaException(f"The action server did not answer within {self.deadline_s:g} s.") from error
        if response.status >= 400:
            raise ClientResponseError(response.status, response.reason or "", body.decode(errors="replace"))
        return ujson.loads(body)

    @property
    def _breaker(self) -> Breaker:
        if self._kept_breaker is None:
            self._kept_breaker = Breaker()
        return self._kept_breaker

    def _session(self) -> aiohttp.ClientSession:
        if self._kept_session is None or self._kept_session.closed:
            self._kept_session = aiohttp.ClientSession(
                json_serialize=ujson.dumps,
                timeout=aiohttp.ClientTimeout(total=self.deadline_s),
                connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=30),
            )
        return self._kept_session

    async def close(self) -> None:
        """Gives the kept connections back."""
        if self._kept_session is not None:
            await self._kept_session.close()


def _call_with_small_domain(
    action: RemoteAction, tracker: DialogueStateTracker, domain: Domain
) -> Dict[str, Any]:
    whole = action.name().startswith(_READS_THE_DOMAIN) or domain.does_custom_action_explicitly_need_domain(
        action.name()
    )
    return {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": tracker.current_state(EventVerbosity.ALL),
        "version": rasa.__version__,
        "domain": domain.as_dict() if whole else SMALL_DOMAIN,
    }


def is_plain(result: Any) -> bool:
    """Whether a result only sets slots and says something: the schema allows it, and asking it is dear."""
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    return (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(response, dict) for response in responses)
        and all(_sets_slot(event) for event in events)
    )


def _sets_slot(event: Any) -> bool:
    return (
        isinstance(event, dict)
        and event.get("event") == "slot"
        and isinstance(event.get("name"), str)
        and "value" in event
    )


def install() -> None:
    """Makes Rasa's remote actions of this process call in our way (serving process only)."""
    result_schema = RemoteAction.action_response_format_spec()
    validator = jsonschema.validators.validator_for(result_schema)(result_schema)

    def validate_result(_action: RemoteAction, result: Dict[str, Any]) -> bool:
        if not is_plain(result):
            validator.validate(result)
        return True

    RemoteAction._action_call_format = _call_with_small_domain
    RemoteAction._validate_action_result = validate_result
