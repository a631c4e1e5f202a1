"""A window chosen by the house gives the same turn as the whole history, over thousands of random turns."""

import asyncio
import hashlib
import importlib.util
import json
import os
import random
import sys
from pathlib import Path

import pytest

from tests.rasa.action_server import FakeActionServer, response, said
from tests.rasa.conftest import behave, trained
from tests.rasa.room import EMPTY, ROOT, actions_of, tap, texts_of, turn_body

# The house's rule, loaded as a file: its package may use a newer Python.
_spec = importlib.util.spec_from_file_location("house_window", ROOT / "onethread/dialogue/window.py")
house_window = importlib.util.module_from_spec(_spec)
sys.modules["house_window"] = house_window
_spec.loader.exec_module(house_window)

FIXTURE_TEXTS = {
    "hello": 1,
    "wonderful day": 4,
    "sad": 4,
    "indeed": 4,
    "nope": 3,
    "travel": 1,
    "Rome": 2,
    "Oslo": 1,
    "undo": 1,
    "person": 1,
    "yes": 2,
    "not at all": 1,
    "what?": 1,
    "trip": 1,
    "boom": 0.3,
    "forever": 0.2,
    "ears": 0.2,
}
REAL_TEXTS = [
    "where is order 1042",
    "yes",
    "no thanks",
    "demo@example.com",
    "I want a person",
    "stop",
    "xyzzy",
    "1042",
]


class Thread:
    """What the house stores of one customer."""

    def __init__(self, name):
        self.name = name
        self.answers = []

    def whole(self):
        return {**EMPTY, "version": len(self.answers), "turns": [answer["events"] for answer in self.answers]}

    def cut(self, max_history):
        facts = [house_window.TurnFacts(version=a["version"], **a["facts"]) for a in self.answers]
        choice = house_window.choose_cut(facts, max_history)
        state = {"slots": {}, "last_action": None}
        if choice.after:
            state = self.answers[choice.after - 1]["state"]
        window = {
            "version": len(self.answers),
            "slots": state["slots"],
            "last_action": state["last_action"],
            "turns": [answer["events"] for answer in self.answers[choice.after :]],
        }
        return choice, window


class Count:
    """What a walk saw."""

    def __init__(self):
        self.turns = self.from_a_cut = self.longest_window = 0
        self.different = []

    def __str__(self):
        return (
            f"{self.turns} turns, {self.from_a_cut} with a part of the history, "
            f"longest window {self.longest_window} turns, {len(self.different)} differ"
        )


def outcome(answer):
    """What must be equal: actions, texts, slots, and all the next turn's window depends on."""
    if isinstance(answer, str):  # the stage at which the turn broke
        return answer
    state, facts = answer["state"], dict(answer["facts"])
    facts.pop("rewinds")  # counted in turns of the window; behind a cut none may reach (the rule's promise)
    return {
        "actions": actions_of(answer),
        "texts": texts_of(answer),
        "slots": state["slots"],
        "loop": state["loop"],
        "last_action": {**(state["last_action"] or {}), "timestamp": 0},
        "facts": facts,
        "directives": answer["directives"],
    }


async def walk(processor, max_history, say, *, turns, customers, dice):
    """Runs random conversations, each turn from its window and from the whole history."""
    from bot.addons.turn import TurnFailed, read_request, take_turn

    async def one_way(body):
        try:
            return await take_turn(processor, read_request(json.loads(json.dumps(body))), "model")
        except TurnFailed as failure:
            return failure.stage

    threads = [Thread(f"c{number}") for number in range(customers)]
    count = Count()
    while count.turns < turns:
        thread = dice.choice(threads)
        choice, window = thread.cut(max_history)
        text, meant = say(dice)
        idle = dice.random() < 0.15
        fresh = not thread.answers or (choice.start_when_idle and idle) or dice.random() < 0.01
        common = {"customer": thread.name, "session": "start" if fresh else "continue", "tap": meant}
        from_window = await one_way(turn_body(text, window=window, **common))
        from_history = await one_way(turn_body(text, window=thread.whole(), **common))
        count.turns += 1
        count.from_a_cut += len(window["turns"]) < len(thread.answers)
        count.longest_window = max(count.longest_window, len(window["turns"]))
        if outcome(from_window) != outcome(from_history):
            count.different.append((thread.name, text, outcome(from_window), outcome(from_history)))
        if not isinstance(from_window, str):
            thread.answers.append(from_window)
    return count


def run(model, behave_so, say, *, turns, customers, seed):
    """Loads a model in this process, with a fake action server behind it, and walks."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    from bot.addons import action_calls, processor
    from bot.server import _max_history_of

    processor.install()

    async def both_ways(url):
        endpoint = action_calls.ActionEndpoint(url=url)
        loaded = processor.TurnProcessor(model, endpoint)
        try:
            return await walk(
                loaded,
                _max_history_of(loaded),
                say,
                turns=turns,
                customers=customers,
                dice=random.Random(seed),
            )
        finally:
            await endpoint.close()

    with FakeActionServer(behave_so).running() as server:
        count = asyncio.run(both_ways(server.url))
    print(count)
    return count


def test_the_fixture_assistant_acts_the_same_from_a_window(fixture_models):
    """Forms, rewinds, failed turns, endless turns, visible and hidden turns."""

    def say(dice):
        if dice.random() < 0.1:
            return "To Oslo", tap("travel", city="Oslo")
        return dice.choices([*FIXTURE_TEXTS], [*FIXTURE_TEXTS.values()])[0], None

    model = next(fixture_models.glob("onethread-*.tar.gz"))
    count = run(model, behave, say, turns=400, customers=20, seed=7)

    assert not count.different, count.different[:3]
    assert count.from_a_cut > count.turns / 4


def actions_at_random(domain):
    """Actions that set slots as a hash of what they were asked, so that both ways meet the same ones."""
    kinds = {"text": ["1042", "x", None], "float": [0.0, 1.0, 2.0, None], "bool": [True, False, None]}
    slots = {
        slot.name: kinds.get(slot.type_name)
        or [*(value for value in getattr(slot, "values", ()) if value != "__other__"), None]
        for slot in domain.slots
        if slot.name not in ("requested_slot", "session_started_metadata", "language")
    }
    featurized = [slot.name for slot in domain.slots if slot.name in slots and slot.influence_conversation]

    def behave_at_random(call):
        tracker = call["tracker"]
        seen = [call["next_action"], tracker["slots"], tracker["latest_message"]["text"]]
        dice = random.Random(hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).digest())
        names = [*dice.sample(sorted(slots), k=min(2, len(slots))), *featurized]
        events = [{"event": "slot", "name": name, "value": dice.choice(slots[name])} for name in names]
        return said(response(f"{call['next_action']} {dice.randrange(1000)}"), events=events)

    return behave_at_random


@pytest.mark.slow
def test_this_assistant_acts_the_same_from_a_window():
    """The real domain, rules, stories and pipeline."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    named = os.environ.get("ONETHREAD_TEST_MODEL")  # to try one without training
    model = Path(named) if named else trained(ROOT, ROOT / "models")
    domain = LocalModelStorage.metadata_from_archive(model).domain
    intents = [
        name for name in domain.intents if name not in ("restart", "back", "session_start", "out_of_scope")
    ]

    def say(dice):
        if dice.random() < 0.3:
            return dice.choice(REAL_TEXTS), None
        intent = dice.choice(intents)
        return f"tapped {intent}", tap(intent, **({"order_number": "1042"} if dice.random() < 0.3 else {}))

    turns = int(os.environ.get("ONETHREAD_TEST_TURNS", "2000"))
    count = run(model, actions_at_random(domain), say, turns=turns, customers=max(1, turns // 40), seed=11)

    assert not count.different, count.different[:3]
    assert count.from_a_cut > 0
