import os
from datetime import date
from pathlib import Path

from onethread.knowledge.files import KnowledgeFiles
from onethread.settings import ROOT

TODAY = date(2026, 3, 1)
PARROTS = """\
topic: {topic}
entries:
  - id: parrots
    questions: ["Do you sell parrots?"]
    answer: {answer}
    {more}
"""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def write(
    folder: Path, answer: str, *, language: str = "en", topic: str = "ask_faq", more: str = "general: true"
) -> None:
    path = folder / language / "shop.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PARROTS.format(topic=topic, answer=answer, more=more))


def ask(knowledge: KnowledgeFiles, **more: str) -> list[str]:
    found = knowledge.search("do you sell parrots", today=TODAY, **({"language": "en"} | more))  # type: ignore[arg-type]
    return [match.entry.answer for match in found]


def test_a_saved_file_is_read_again_a_moment_later(tmp_path: Path) -> None:
    clock = Clock()
    write(tmp_path, "No.")
    knowledge = KnowledgeFiles(tmp_path, clock=clock)
    assert ask(knowledge) == ["No."]
    write(tmp_path, "Yes, blue ones.")
    assert ask(knowledge) == ["No."]
    clock.now += 2
    assert ask(knowledge) == ["Yes, blue ones."]


def test_a_removed_file_is_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    write(tmp_path, "No.")
    knowledge = KnowledgeFiles(tmp_path, clock=clock)
    assert ask(knowledge) == ["No."]
    os.remove(tmp_path / "en" / "shop.yml")
    clock.now += 2
    assert ask(knowledge) == []


def test_only_the_asked_topic_is_searched(tmp_path: Path) -> None:
    write(tmp_path, "No.", topic="delivery_info")
    knowledge = KnowledgeFiles(tmp_path)
    assert ask(knowledge, topic="delivery_info") == ["No."]
    assert ask(knowledge, topic="invoice") == []


def test_an_answer_whose_last_day_has_passed_is_not_told(tmp_path: Path) -> None:
    write(tmp_path, "No.", more="valid_until: 2026-02-28")
    assert ask(KnowledgeFiles(tmp_path)) == []


def test_a_language_nobody_wrote_for_is_answered_from_english(tmp_path: Path) -> None:
    write(tmp_path, "No.")
    write(tmp_path, "Nu.", language="ro")
    knowledge = KnowledgeFiles(tmp_path)
    assert ask(knowledge, language="ro") == ["Nu."]
    assert ask(knowledge, language="fi") == ["No."]


def test_an_entry_nobody_translated_is_told_in_english(tmp_path: Path) -> None:
    write(tmp_path, "No.")
    other = 'topic: ask_faq\nentries:\n  - {id: bears, questions: ["Vindeți urși?"], answer: Nu.}\n'
    (tmp_path / "ro").mkdir()
    (tmp_path / "ro" / "shop.yml").write_text(other)
    knowledge = KnowledgeFiles(tmp_path)
    assert ask(knowledge, language="ro") == ["No."]
    general = knowledge.general("ask_faq", language="ro", today=TODAY)
    assert general is not None and general.answer == "No."
    assert knowledge.search("vindeti ursi", language="ro", today=TODAY)[0].entry.answer == "Nu."


def test_a_question_in_english_is_answered_in_the_customers_language() -> None:
    knowledge = KnowledgeFiles(ROOT / "content" / "faq")
    for language in ("ro", "ru", "zh"):
        best = knowledge.search("how much is shipping", language=language, today=TODAY)[0].entry
        assert (best.id, best.language) == ("delivery-costs", language)


def test_the_general_entry_speaks_for_its_topic(tmp_path: Path) -> None:
    write(tmp_path, "No.")
    knowledge = KnowledgeFiles(tmp_path)
    entry = knowledge.general("ask_faq", language="en", today=TODAY)
    assert entry is not None
    assert entry.id == "parrots"
    assert knowledge.general("invoice", language="en", today=TODAY) is None


def test_an_empty_folder_knows_nothing(tmp_path: Path) -> None:
    assert ask(KnowledgeFiles(tmp_path)) == []
