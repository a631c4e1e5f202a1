"""First step of understanding: the words of a message, one writing for many (case, stretch, emoji)."""

from __future__ import annotations

import re
import unicodedata

from .scripts import HAN, simplify, sound_out
from .short_forms import GREETING, HELLO, NOISE, SHORT_FORMS

_ELONGATED = re.compile(r"(\w)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+|[?]|:[a-z]+:")
# "id" is an identity card or "I'd": only the company it keeps tells.
_WISH = re.compile(r"\bi'd\b|\bid(?= (?:like|love|rather|prefer|want|need|appreciate)\b)")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_HAN_GREETING = re.compile(
    "(?:[你您]们?好[呀啊哦]?|在吗|在不在|亲亲?|早上好|晚上好|下午好|哈喽|嗨|客服|请问|老板)+"
)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})

_EMOJI = {
    ":yes:": "👍👌✅✔☑💯🆗",
    ":no:": "👎❌✖🚫",
    ":wave:": "👋",
    ":thanks:": "🙏❤💕💖😊😍🥰😘🤗",
    ":angry:": "😡😠🤬👿😤💢🖕😒🙄",
    ":laugh:": "😂🤣😆😹",
}
_EMOJI_WORD = {character: word for word, characters in _EMOJI.items() for character in characters}


def fold(text: str) -> str:
    """One writing of a text: full width, case, diacritics, stretched letters and emoji folded."""
    folded = text.translate(_APOSTROPHES)
    if not folded.isascii():
        folded = "".join(f" {_EMOJI_WORD[c]} " if c in _EMOJI_WORD else c for c in folded)
        folded = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in folded if not unicodedata.combining(c))
        folded = "".join(" :emoji: " if unicodedata.category(c) in {"So", "Sk", "Cs"} else c for c in folded)
    return _ELONGATED.sub(_shorten, folded.lower())


def _shorten(match: re.Match[str]) -> str:
    letter = match.group(1)
    if letter.isdigit():
        return match.group(0)
    rest = match.string[match.end() : match.end() + 1]
    return letter * 2 if rest.isalpha() else letter


def split(text: str, language: str = "en") -> list[str]:
    """The words of a folded text, short forms written out; numbers of two figures and more are `@number`.

    Chinese has no spaces: each of its characters is a word. Russian is told by its sounds.
    """
    if language == "en":
        text = _WISH.sub("i would", text)
    elif language == "ru":
        text = sound_out(text)
    elif language == "zh":
        text = _HAN_CHARACTER.sub(r" \g<0> ", simplify(text))
    short, noise = SHORT_FORMS.get(language, {}), NOISE.get(language, ())
    words: list[str] = []
    for token in _TOKEN.findall(text.replace("'", "")):
        if token.isdigit():
            words.append("@number" if len(token) > 1 else token)
        elif token in short:
            words.extend(short[token].split())
        elif token not in noise:
            words.append(token)
    return words


def drop_greeting(words: list[str], language: str = "en") -> list[str]:
    """The words behind a greeting ("hi there, where is ..."), or all of them when little else is said."""
    if language == "zh":
        greeting = _HAN_GREETING.match("".join(words))
        said = words[greeting.end() :] if greeting else words  # each character of it is a word
        return said if len(said) >= 3 else words
    greetings, hello = GREETING.get(language, ()), HELLO.get(language, ())
    cut = 0
    while cut < len(words) and cut < 5 and words[cut] in greetings:
        cut += 1
    if not cut or len(words) - cut < 3:
        return words
    if words[0] in hello or (cut > 1 and words[0] == "good"):
        return words[cut:]
    return words
