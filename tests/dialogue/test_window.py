"""The window rule: what a cut must promise, asked of thousands of made-up conversations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onethread.dialogue.window import Cut, TurnFacts, choose_cut


def turn(
    version: int,
    *,
    actions: int = 2,
    listening: bool = True,
    loop: bool = False,
    session_started: bool = False,
    rewinds: int = 0,
) -> TurnFacts:
    return TurnFacts(version, actions, listening, loop, session_started, rewinds)


@st.composite
def conversations(draw: st.DrawFn) -> list[TurnFacts]:
    count = draw(st.integers(1, 60))
    turns = [turn(1, actions=draw(st.integers(0, 4)), session_started=True)]
    for version in range(2, count + 1):
        turns.append(
            turn(
                version,
                actions=draw(st.integers(0, 4)),
                listening=draw(st.booleans()) or draw(st.booleans()),
                loop=draw(st.integers(0, 4)) == 0,
                session_started=draw(st.integers(0, 12)) == 0,
                rewinds=draw(st.sampled_from([0, 0, 0, 1, 2, 5])),
            )
        )
    return turns


def session_of(turns: list[TurnFacts]) -> int:
    return max(facts.version for facts in turns if facts.session_started)


def test_a_customer_nobody_has_heard_of_has_an_empty_window() -> None:
    assert choose_cut([], 5) == Cut(after=0, start_when_idle=False)


def test_the_window_is_as_short_as_the_policies_allow() -> None:
    turns = [turn(1, session_started=True), *(turn(version) for version in range(2, 11))]

    assert choose_cut(turns, max_history=5) == Cut(after=7, start_when_idle=False)


def test_hidden_rule_turns_make_the_window_longer() -> None:
    turns = [turn(1, session_started=True), *(turn(version, actions=version % 2) for version in range(2, 21))]

    assert choose_cut(turns, max_history=2).after == 14


def test_a_cut_reached_by_a_later_rewind_is_not_taken() -> None:
    plain = [turn(1, session_started=True), *(turn(version) for version in range(2, 11))]
    rewound = [*plain[:-1], turn(10, rewinds=4)]

    assert choose_cut(plain, max_history=3).after == 8
    assert choose_cut(rewound, max_history=3).after < 6


def test_a_form_in_progress_is_never_cut() -> None:
    turns = [
        turn(1, session_started=True),
        turn(2),
        *(turn(version, loop=True) for version in range(3, 9)),
        turn(9),
    ]

    assert choose_cut(turns, max_history=3).after == 2


def test_without_a_good_cut_the_whole_session_is_sent_and_a_new_one_asked_for() -> None:
    quiet = [turn(1), turn(2, session_started=True), *(turn(version, actions=0) for version in range(3, 40))]

    assert choose_cut(quiet[:20], max_history=5) == Cut(after=1, start_when_idle=False)
    assert choose_cut(quiet, max_history=5) == Cut(after=1, start_when_idle=True)


def test_a_gap_between_turns_is_refused() -> None:
    with pytest.raises(ValueError, match="turn 2 is missing"):
        choose_cut([turn(1, session_started=True), turn(3, actions=0)], max_history=5)


@given(turns=conversations(), max_history=st.integers(1, 8))
def test_every_cut_keeps_its_promises(turns: list[TurnFacts], max_history: int) -> None:
    cut = choose_cut(turns, max_history)
    session = session_of(turns)
    if cut.after < session:  # the whole session
        assert cut.after == session - 1
        return
    at_cut = turns[cut.after - 1]
    later = turns[cut.after :]

    assert at_cut.version == cut.after
    assert at_cut.listening
    assert not at_cut.loop
    assert all(facts.version - facts.rewinds > cut.after for facts in later)
    assert not any(facts.session_started for facts in later)
    assert sum(facts.actions for facts in later) > max_history
    assert len(later) <= 30


@given(turns=conversations(), max_history=st.integers(1, 8))
def test_older_turns_change_nothing(turns: list[TurnFacts], max_history: int) -> None:
    session = session_of(turns)

    assert choose_cut(turns[session - 1 :], max_history) == choose_cut(turns, max_history)
