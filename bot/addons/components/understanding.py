"""The steps of understanding together: the language first, then what is wanted, by that language's model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import intent_model, language_model
from .intent_model import Guess, IntentModel, decide
from .language_model import LanguageModel
from .plainness import plainness
from .spans import find, mask

# A language as likely as this has a say: "refund" is said in more than one.
_HAS_A_SAY = 0.15
_LIST = "languages.json"


@dataclass(frozen=True)
class Understanding:
    """A model of intents for each language, and one that tells the languages apart."""

    languages: LanguageModel
    models: Mapping[str, IntentModel]

    def guess(self, text: str, known: str | None = None, ranked: int = 5) -> Guess:
        """What a message wants; `known` is the language its writer used before. Never raises."""
        guess, masked, share = self._weigh(text, known, ranked)
        return replace(guess, plainness=plainness(self.languages, masked, guess.language, share))

    def guess_clause(self, clause: str, language: str) -> Guess:
        """What a part of a message in this language wants; how plain it is, is told of the whole alone."""
        return self._weigh(clause, language, 1)[0]

    def _weigh(self, text: str, known: str | None, ranked: int) -> tuple[Guess, str, float]:
        """The guess, the text without its numbers, and how likely the guess's language is of it."""
        spans = find(text)
        masked = mask(text, spans)
        shares = self.languages.shares(masked, known)
        likely = sorted(self.models, key=lambda language: (-shares.get(language, 0.0), language))
        heard = [likely[0], *(other for other in likely[1:] if shares.get(other, 0.0) >= _HAS_A_SAY)]
        total = sum(shares.get(language, 0.0) for language in heard) or 1.0
        said = [(shares.get(language, 1.0) / total, self.models[language]) for language in heard]
        guess = decide(masked, spans, said, ranked)
        return guess, masked, shares.get(guess.language, 0.0)

    def to_files(self) -> dict[str, bytes]:
        """Name -> content; the same model is the same bytes."""
        files = {_LIST: json.dumps(sorted(self.models)).encode(), **self.languages.to_files()}
        for language, model in self.models.items():
            files |= {f"{language}-{name}": content for name, content in model.to_files().items()}
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Understanding:
        """Raises `intent_model.UnknownFormat` when the files are not of this version."""
        if _LIST not in files:
            raise intent_model.UnknownFormat("The intent model is of one language only: train again.")
        models = {
            language: IntentModel.from_files(
                {name: files[f"{language}-{name}"] for name in intent_model.FILES}
            )
            for language in json.loads(files[_LIST])
        }
        told = LanguageModel.from_files({name: files[name] for name in language_model.FILES})
        return cls(told, models)
