import random

import pytest

from onethread.knowledge.entries import Entry, load_folder
from onethread.knowledge.search import Index
from onethread.knowledge.words import fold
from onethread.settings import ROOT

ENTRIES = [entry for entry in load_folder(ROOT / "content" / "faq")[0] if entry.language == "en"]
INDEX = Index(ENTRIES)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("how much do i pay for shipping", "delivery-costs"),
        ("whats ur phone nr", "contact-ways"),
        ("when r u open", "contact-hours"),
        ("my payment keeps failing", "payment-declined"),
        ("can i use klarna", "payment-instalments"),
        ("do you have gift vouchers", "gift-cards"),
        ("forgot pasword", "account-password"),
        ("is the blanket machine washable", "care"),
        ("dou you deliver to germany?", "delivery-international"),
        ("i lost access to my authenticator", "account-two-factor"),
        ("do u have a size chart", "sizes"),
        ("how long do refunds take", "refund-how-long"),
        ("coupon not working", "payment-voucher-not-working"),
        ("does the lamp come with a guarantee", "warranty"),
        ("can a friend pick up my parcel", "delivery-pickup-point"),
        ("i was billed twice!!", "payment-charged-twice"),
        ("my cup arrived broken", "return-damaged"),
    ],
)
def test_other_words_and_typos_find_the_right_entry(question: str, wanted: str) -> None:
    assert INDEX.search(question)[0].entry.id == wanted


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_phrasing_finds_its_own_entry_with_a_high_score(entry: Entry) -> None:
    for question in entry.questions:
        best = INDEX.search(question)[0]
        assert best.entry.id == entry.id, question
        assert best.score > 0.9


@pytest.mark.parametrize(
    "question", ["tell me a joke", "who is the president of france", "what's the weather today", "hello"]
)
def test_what_nobody_wrote_about_scores_low(question: str) -> None:
    assert INDEX.search(question)[0].score < 0.3


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00", "🙂🙂", "x" * 100_000])
def test_nonsense_finds_nothing_and_breaks_nothing(question: str) -> None:
    assert all(0 <= match.score < 0.3 for match in INDEX.search(question))


def test_the_order_of_files_does_not_matter() -> None:
    shuffled = list(ENTRIES)
    random.Random(1).shuffle(shuffled)
    other = Index(shuffled)
    for question in ("how much is shipping", "can i return it", "order"):
        assert [(match.entry.id, round(match.score, 9)) for match in other.search(question)] == [
            (match.entry.id, round(match.score, 9)) for match in INDEX.search(question)
        ]


def test_case_and_accents_do_not_matter() -> None:
    assert fold("Până CÂND, ΣΊΣΥΦΟΣ?") == fold("pana cand σισυφοσ")


def test_an_empty_collection_answers_nothing() -> None:
    assert Index(()).search("anything") == []


def test_equal_entries_come_in_the_order_of_their_ids() -> None:
    twins = [Entry(name, "en", "ask_faq", ("Do you sell parrots?",), "No.") for name in ("b", "a")]
    assert [match.entry.id for match in Index(twins).search("parrots")] == ["a", "b"]
