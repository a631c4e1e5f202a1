"""Reads a phone number as people of the four languages write it: which number it is, or that it is none."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

# The figures of a number as it is dialled at home, in the countries of a language's writers, likeliest first.
_AT_HOME = {
    "en": {"US": r"1?[2-9]\d{9}", "GB": r"0[1-9]\d{9}"},
    "ro": {"RO": r"0[237]\d{8}", "MD": r"0\d{8}"},
    "ru": {"RU": r"[78]?[3-9]\d{9}", "UA": r"0\d{9}", "MD": r"0\d{8}"},
    "zh": {"CN": r"1[3-9]\d{9}|0[1-9]\d{8,10}", "HK": r"[2-9]\d{7}", "TW": r"0\d{8,9}"},
}
# Mobile numbers that look like nobody else's, whatever the language of the message is.
_ANYWHERE = {"RO": r"07\d{8}", "RU": r"89\d{9}", "CN": r"1[3-9]\d{9}"}
_INTERNATIONAL = re.compile(r"(?:\+|00)(.+)", re.DOTALL)


def read(written: str, language: str) -> str | None:
    """The number as `+` and figures (E.164), as written where nothing tells its country; None: it is none.

    With its country a number counts when the country has such lengths: invented ones do too ("+1 555 ..").
    """
    plain = unicodedata.normalize("NFKC", written)
    if named := _INTERNATIONAL.fullmatch(plain):
        number = _parsed("+" + named[1], None)
        if number and phonenumbers.is_possible_number(number):
            return _e164(number)
        return written if plain.startswith("00") else None  # a slip of a leading zero
    figures = re.sub(r"\D", "", plain)
    home = [region for region, shape in _AT_HOME.get(language, {}).items() if re.fullmatch(shape, figures)]
    away = [region for region, shape in _ANYWHERE.items() if re.fullmatch(shape, figures)]
    for region in home or away:
        if number := _valid(figures, region):
            return _e164(number)
    # "40721234567": the + left out
    number = _valid("+" + figures, None) if len(figures) >= 11 and not home else None
    return _e164(number) if number else written


def _valid(written: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    number = _parsed(written, region)
    return number if number and phonenumbers.is_valid_number(number) else None


def _parsed(written: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
