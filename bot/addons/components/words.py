"""First step of understanding: the words of a message, one writing for many (case, stretch, emoji)."""

from __future__ import annotations

import re
import unicodedata

_ELONGATED = re.compile(r"(\w)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+|[?]|:[a-z]+:")
# "id" is an identity card or "I'd": only the company it keeps tells.
_WISH = re.compile(r"\bi'd\b|\bid(?= (?:like|love|rather|prefer|want|need|appreciate)\b)")
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

# What stands behind short forms and dropped apostrophes. Apostrophes are already gone when this is looked up.
_SHORT = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "b4": "before", "2day": "today", "2moro": "tomorrow",
    "tmrw": "tomorrow", "tmr": "tomorrow", "pls": "please", "plz": "please", "plse": "please",
    "pleas": "please", "thx": "thanks", "thnx": "thanks", "tnx": "thanks", "thanx": "thanks",
    "thks": "thanks", "ty": "thank you", "thankyou": "thank you", "im": "i am", "ive": "i have",
    "ill": "i will", "youre": "you are", "youve": "you have", "youll": "you will", "theyre": "they are",
    "theyve": "they have", "weve": "we have", "thats": "that is", "whats": "what is", "wheres": "where is",
    "whens": "when is", "hows": "how is", "whos": "who is", "theres": "there is", "heres": "here is",
    "its": "it is", "hes": "he is", "shes": "she is", "lets": "let us", "dont": "do not",
    "doesnt": "does not", "didnt": "did not", "cant": "can not", "cannot": "can not",
    "couldnt": "could not", "wont": "will not", "wouldnt": "would not", "shouldnt": "should not",
    "isnt": "is not", "arent": "are not", "wasnt": "was not", "werent": "were not", "hasnt": "has not",
    "havent": "have not", "hadnt": "had not", "aint": "is not", "wanna": "want to", "gonna": "going to",
    "gotta": "got to", "gimme": "give me", "lemme": "let me", "dunno": "do not know", "cuz": "because",
    "bc": "because", "coz": "because", "wut": "what", "wat": "what", "wen": "when", "wer": "where",
    "pw": "password", "pwd": "password", "acct": "account", "acc": "account", "msg": "message",
    "msgs": "messages", "txt": "text", "nr": "number", "num": "number", "nvm": "never mind",
    "asap": "quickly", "info": "information", "ok": "okay", "k": "okay", "okey": "okay",
    "cc": "credit card", "addr": "address", "adress": "address", "cancle": "cancel", "recieve": "receive",
    "recieved": "received", "reciept": "receipt", "yall": "you all", "tho": "though",
}  # fmt: skip

_GREETING = {
    "hi", "hello", "hey", "hiya", "heya", "hallo", "helo", "hii", "howdy", "greetings", "yo",
    "morning", "afternoon", "evening", "good", "day", "there", "dear", "sir", "madam", "team", "guys", "all",
}  # fmt: skip
_HELLO = {"hi", "hello", "hey", "hiya", "heya", "hallo", "helo", "hii", "howdy", "greetings", "yo", "dear"}
_NOISE = {"um", "uh", "uhm", "umm", "er", "erm", "ah", "eh", "hmm", "hm", "uhh", "ehm"}


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


def split(text: str) -> list[str]:
    """The words of a folded text, short forms written out; numbers of two figures and more are `@number`."""
    words: list[str] = []
    for token in _TOKEN.findall(_WISH.sub("i would", text).replace("'", "")):
        if token.isdigit():
            words.append("@number" if len(token) > 1 else token)
        elif token in _SHORT:
            words.extend(_SHORT[token].split())
        elif token not in _NOISE:
            words.append(token)
    return words


def drop_greeting(words: list[str]) -> list[str]:
    """The words behind a greeting ("hi there, where is ..."), or all of them when little else is said."""
    cut = 0
    while cut < len(words) and cut < 5 and words[cut] in _GREETING:
        cut += 1
    if not cut or len(words) - cut < 3:
        return words
    if words[0] in _HELLO or (cut > 1 and words[0] == "good"):
        return words[cut:]
    return words
