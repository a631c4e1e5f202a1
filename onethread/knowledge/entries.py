"""From an editor's YAML to entries, with every mistake told by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

TOPICS = frozenset(
    {
        "ask_faq",
        "contact_info",
        "delivery_info",
        "payment_issue",
        "account_help",
        "return_item",
        "refund_status",
        "invoice",
    }
)
"""The intents whose questions are answered from here."""

ANSWER_MAX = 600
"""Characters; longer answers cost too many SMS and nobody reads them."""
_FILE_MAX = 1_000_000  # bytes
_KEYS = {"id", "questions", "answer", "general", "valid_until"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer and the ways people ask for it."""

    id: str
    language: str
    topic: str
    questions: tuple[str, ...]
    answer: str
    general: bool = False
    valid_until: date | None = None

    def is_valid(self, today: date) -> bool:
        """Whether it may still be told on `today`; its last day included."""
        return self.valid_until is None or today <= self.valid_until


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def load_folder(folder: Path) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """All entries below `folder/<language>/*.yml` and all that is wrong; the sound load beside the bad."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], Problem] = {}
    generals: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*/*.yml")):
        for found in load_file(path, path.parent.name):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            entry, place = found
            if (first := seen.get((entry.language, entry.id))) is not None:
                problems.append(
                    replace(place, message=f"the id {entry.id} is already at {first.file}:{first.line}")
                )
                continue
            if entry.general and (other := generals.get((entry.language, entry.topic))) is not None:
                problems.append(replace(place, message=f"{entry.topic} already has a general entry: {other}"))
                entry = replace(entry, general=False)
            elif entry.general:
                generals[entry.language, entry.topic] = entry.id
            seen[entry.language, entry.id] = place
            entries.append(entry)
    return tuple(entries), tuple(problems)


def load_file(path: Path, language: str) -> Iterator[tuple[Entry, Problem] | Problem]:
    """Every entry of one file with its place (an empty `Problem`), and every mistake in it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        yield Problem(path, 1, f"cannot be read: {error.strerror}")
        return
    if len(raw) > _FILE_MAX:
        yield Problem(path, 1, f"is larger than {_FILE_MAX:,} bytes")
        return
    try:
        root = _compose(raw.decode())
    except UnicodeDecodeError as error:
        yield Problem(path, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8")
        return
    except (yaml.MarkedYAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "is nested too deeply"
        yield Problem(path, (mark.line if mark else 0) + 1, f"is not the YAML we read: {what}")
        return
    except yaml.YAMLError:
        yield Problem(path, 1, "has characters YAML does not allow")
        return
    yield from _File(path, language).read(root)


class _PlainLoader(yaml.SafeLoader):
    """YAML without anchors: nobody needs them here, and a few lines of them can fill the memory."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.composer.ComposerError(
                None, None, "anchors (& and *) are not used here", event.start_mark
            )
        return super().compose_node(parent, index)


def _compose(text: str) -> yaml.Node | None:
    loader = _PlainLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class _Wrong(Exception):
    def __init__(self, node: yaml.Node, message: str) -> None:
        self.node, self.message = node, message


class _File:
    """Reads the nodes of one file."""

    def __init__(self, path: Path, language: str) -> None:
        self._path, self._language = path, language

    def read(self, root: yaml.Node | None) -> Iterator[tuple[Entry, Problem] | Problem]:
        if root is None:
            yield Problem(self._path, 1, "is empty")
            return
        try:
            top = _mapping(root, {"topic", "entries"}, {"topic", "entries"})
            topic = _text(top["topic"], "topic")
            if topic not in TOPICS:
                raise _Wrong(top["topic"], f"the topic {topic} is none of {', '.join(sorted(TOPICS))}")
            nodes = _list(top["entries"], "entries")
        except _Wrong as wrong:
            yield self._problem(wrong.node, wrong.message)
            return
        for node in nodes:
            try:
                yield self._entry(node, topic), self._problem(node, "")
            except _Wrong as wrong:
                yield self._problem(wrong.node, wrong.message)

    def _problem(self, node: yaml.Node, message: str) -> Problem:
        return Problem(self._path, node.start_mark.line + 1, message)

    def _entry(self, node: yaml.Node, topic: str) -> Entry:
        fields = _mapping(node, _KEYS, {"id", "questions", "answer"})
        questions = tuple(_text(one, "a question") for one in _list(fields["questions"], "questions"))
        if not questions:
            raise _Wrong(fields["questions"], "needs at least one question")
        answer = _text(fields["answer"], "answer")
        if len(answer) > ANSWER_MAX:
            raise _Wrong(fields["answer"], f"has {len(answer)} characters; {ANSWER_MAX} are the most")
        return Entry(
            id=_text(fields["id"], "id"),
            language=self._language,
            topic=topic,
            questions=questions,
            answer=answer,
            general=_yes_no(fields.get("general")),
            valid_until=_day(fields.get("valid_until")),
        )


def _mapping(node: yaml.Node, allowed: set[str], needed: set[str]) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _Wrong(node, f"should have {', '.join(sorted(needed))}")
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = str(key.value)
        if name not in allowed:
            raise _Wrong(key, f"{name} is none of {', '.join(sorted(allowed))}")
        if name in fields:
            raise _Wrong(key, f"{name} is there twice")
        fields[name] = value
    if missing := needed - set(fields):
        raise _Wrong(node, f"{', '.join(sorted(missing))} is missing")
    return fields


def _list(node: yaml.Node, name: str) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise _Wrong(node, f"{name} should be a list")
    return list(node.value)


def _text(node: yaml.Node, name: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
        raise _Wrong(node, f"{name} should be a text")
    return " ".join(str(node.value).split())


def _yes_no(node: yaml.Node | None) -> bool:
    if node is None:
        return False
    value = _text(node, "general").lower()
    if value not in {"true", "false"}:
        raise _Wrong(node, "general should be true or false")
    return value == "true"


def _day(node: yaml.Node | None) -> date | None:
    if node is None:
        return None
    try:
        return date.fromisoformat(_text(node, "valid_until"))
    except ValueError:
        raise _Wrong(node, "valid_until should be a day like 2026-12-24") from None
