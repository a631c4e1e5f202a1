"""Finds numbers and addresses (orders, parcels, e-mail, phone), dates and amounts in a text, with places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from . import mentions, spoken

ORDER_NUMBER = "order_number"
EMAIL = "email"
PHONE = "phone"
TRACKING_NUMBER = "tracking_number"
DATE = "date"
AMOUNT = "amount"


@dataclass(frozen=True)
class Span:
    """A value found in a text, as typed (`text[start:end]`); an order number said or spaced: its figures."""

    entity: str
    value: str
    start: int
    end: int


# A letter or figure that a number may not touch; a Chinese character may, for nothing parts Chinese words.
_GLUED = "0-9A-Za-z_\u00aa-\u052f"

_EMAIL = re.compile(
    rf"(?<![{_GLUED}.+-])[A-Za-z0-9_](?:[A-Za-z0-9_.+-]{{0,62}}[A-Za-z0-9_+-])?"
    rf"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+[A-Za-z]{{2,24}}(?![{_GLUED}@])"
)
# Shapes nothing else has (UPS, USPS, Amazon, SF, YTO, JD, DHL, Cainiao, the demo shop's two letters and ten
# figures) count as typed, slips included: the shop says when it knows no such parcel. Shapes that others may
# have too (FedEx, the Russian post's 14 figures, the posts' S10) must pass their check digit.
_TRACKING = re.compile(
    rf"(?<![{_GLUED}-])(?:1Z ?[0-9A-Z]{{3}} ?[0-9A-Z]{{3}} ?[0-9A-Z]{{2}} ?[0-9A-Z]{{4}} ?[0-9A-Z]{{4}}"
    r"|9[1-5](?: ?\d){18,20}|[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}|[A-Z]{2} ?\d{10}|TBA\d{12}|SF\d{12,13}"
    rf"|YT\d{{13}}|LP\d{{14}}|JJ?D[A-Z]{{0,3}}\d{{10,18}}|JVGL\d{{10,16}}|\d{{12}}|\d{{14,15}})(?![{_GLUED}-])",
    re.IGNORECASE,
)
_TRACKING_SAID = re.compile(
    r"(?:\b(?:tracking|track|parcel|package|waybill|awb(?:-?ul)?|colet(?:ul|ului)?|трек|трэк|treka?|посылк\w|"
    r"накладн\w{2,3})(?:[ -](?:number|no|nr|code|id|num[aă]r(?:ul)?|cod(?:ul)?|номер\w?|код|nomer))?"
    r"\.?(?: (?:is|e|este))?"
    r"|(?:快递|快遞|物流|运单|運單|包裹)(?:单|單)?(?:号码?|號碼?|编号|編號)?(?:是|为|為)?)[:：#№]? ?"
    rf"([A-Z]{{0,3}}\d[\dA-Z]{{8,24}})(?![{_GLUED}-])",
    re.IGNORECASE,
)
_POSTAL_SHAPE = re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}")
_PHONE = re.compile(
    rf"(?<![{_GLUED}#@.-])(?:\+|00)?(?:\(\d{{1,4}}\)|\d)(?:[ .()/-]{{0,2}}\d){{6,14}}(?![{_GLUED}@-])"
)
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}|\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}")
_DATE_BESIDE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:19|20)\d\d)(?!\d)"
)
# "1042 1063": two orders, but for those who call it a phone.
_FOURS = re.compile(r"[1-9]\d{3}(?: [1-9]\d{3})+")
_PHONE_WORDS_BEHIND = re.compile(
    r"(?:phone|mobile|cell|call|tel|whatsapp|telefon\w*|mobil|sunati|телефон\w*|тел|моб\w*|позвоните"
    r"|电话|電話|手机|手機)\W{0,3}(?:(?:number|no|nr|is|e|este|号码?|號碼?|是|为)\W{1,2})*$",
    re.IGNORECASE,
)
_ORDER_CODE = re.compile(
    rf"(?<![{_GLUED}-])(?:ORD[- #]?\d{{3,8}}|[#№]\s?\d{{3,8}})(?![{_GLUED}-]|[.,]\d)", re.IGNORECASE
)
_ORDER_WORDS = (
    r"(?:\b(?:orders?|ordr|oder|purchase|bestellung|comand[aă]|comenzi(?:i|le|lor)?|cmd|cda|заказ\w{0,2}|zakaz\w{0,2})"
    r"(?:\s+(?:number|numbr|nmber|num|no|nr|id|ref|reference|code|(?:cu |are )?num[aă]r(?:ul)?|cu nr|"
    r"под номером|номер\w?|ном|nomer\w?|n))?\s*[.:#№]?(?:\s+(?:is|was|e|este))?\s*[:#№]?"
    r"|(?:订单|訂單|单号|單號|订单编号|編號|编号|尾号)(?:编?号码?|編?號碼?)?(?:是|为|為)?\s*[:：#]?)\s*"
)
# "order 1 0 4 2" and "order 10 42" are typed as they are said.
_ORDER_SAID = re.compile(
    rf"{_ORDER_WORDS}((?:\d(?:[ -]\d){{3,7}}|\d\d \d\d(?: \d\d)?)(?! ?\d)|\d{{3,8}})(?![{_GLUED}-]|[.,/]\d)",
    re.IGNORECASE,
)
_ORDER_WORDS_BEHIND = re.compile(rf"{_ORDER_WORDS}$", re.IGNORECASE)
_LONGEST_ORDER_WORDS = 48
_ORDER_BARE = re.compile(rf"(?<![{_GLUED}#$€£¥￥₽+.,:/@-])\d{{4,6}}(?![{_GLUED}@]|[.,:/-]\d|\s?[%$€£¥￥₽])")
# A bare number is no order number behind these words, or before those.
_NOT_BEHIND = re.compile(
    r"(?:\b(?:in|since|from|until|till|year|zip|zipcode|postcode|room|apartment|apt|flat|box|ext|usd|eur|ron|about|around|over|"
    r"under|than|of|(?:pin|code|passcode|password)(?: is)?"
    r"|din|anul|pana in|cam|circa|aproximativ|peste|sub|ap|apartamentul|bl|codul? postal|parola|pinul"
    r"|до|около|с|за|больше|меньше|свыше|год|году|кв|квартира|индекс|пин|пароль"
    r")|(?:满|滿|约|約|花了|邮编|郵編|密码|密碼|房间|共)|[$€£¥￥₽])\s*$",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"\s*(?:(?:dollars?|bucks|euros?|eur|usd|gbp|ron|lei|pounds?|cents?|points?|miles?|km|percent|times?|years?|hours?|people|"
    r"steps?|words?|am|pm|(?:[A-Z][\w']*\s+){0,2}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|"
    r"square)"
    r"|de lei|bani|puncte|dolari|bucati|buc|ani|ore|zile|metri|grame"
    r"|руб\w*|р|евро|доллар\w*|лей|леев|тенге|гривен|баллов|лет|года?|году|штук|шт|км|метров|часов|дней|раз|грамм)\b"
    r"|[元块塊圆圓年米度岁歲个個件人次天分克]|公里|美元|美金|积分|積分|人民币|台币|小时|小時)",
    re.IGNORECASE,
)


def find(text: str) -> list[Span]:
    """The numbers and addresses of a text in reading order; none overlaps another.

    A number is one thing only: e-mail, tracking number, order number said to be one, phone, bare number.
    """
    return _search(text, _NUMBERS if any(c.isdigit() or c == "@" for c in text) else _WITHOUT_FIGURES)


def find_all(text: str, found: Sequence[Span] | None = None) -> list[Span]:
    """What `find` finds, and dates and amounts beside it; `found`: what it found in this text already."""
    return _search(text, _MENTIONS, find(text) if found is None else found)


def _search(text: str, searches: Searches, found: Sequence[Span] = ()) -> list[Span]:
    spans = list(found)
    for entity, search in searches:
        for start, end, *figures in search(text):
            if all(end <= other.start or start >= other.end for other in spans):
                spans.append(Span(entity, figures[0] if figures else text[start:end], start, end))
    return sorted(spans, key=lambda span: span.start)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _EMAIL.finditer(text))


def _tracking_numbers(text: str) -> Iterator[tuple[int, int]]:
    for match in _TRACKING_SAID.finditer(text):
        yield match.span(1)
    for match in _TRACKING.finditer(text):
        if _is_tracking_number(re.sub(r"\s", "", match.group()).upper()):
            yield match.span()


def _said_orders(text: str) -> Iterator[tuple[int, int] | tuple[int, int, str]]:
    for match in _ORDER_CODE.finditer(text):
        yield match.span()
    for match in _ORDER_SAID.finditer(text):
        yield *match.span(1), re.sub(r"\D", "", match[1])


def _spoken_orders(text: str) -> Iterator[tuple[int, int, str]]:
    """Numbers said figure by figure, and others where they are called an order's."""
    for start, end, figures, by_figure in spoken.numbers(text):
        if by_figure or _ORDER_WORDS_BEHIND.search(text, max(0, start - _LONGEST_ORDER_WORDS), start):
            yield start, end, figures


def _phones(text: str) -> Iterator[tuple[int, int]]:
    text = _DATE_BESIDE.sub(lambda date: "\n" * len(date[0]), text)
    for match in _PHONE.finditer(text):
        written = match.group()
        if _FOURS.fullmatch(written) and not _PHONE_WORDS_BEHIND.search(
            text, max(0, match.start() - 24), match.start()
        ):
            continue
        figures = sum(character.isdigit() for character in written)
        marked = written.startswith(("+", "00")) or any(character in " .()-/" for character in written)
        if (8 <= figures <= 15 if marked else 9 <= figures <= 11) and not _DATE.fullmatch(written):
            yield match.span()


def _bare_orders(text: str) -> Iterator[tuple[int, int]]:
    mentioned: list[tuple[int, int]] | None = None
    for match in _ORDER_BARE.finditer(text):
        if _NOT_BEHIND.search(text, max(0, match.start() - 16), match.start()) or _NOT_BEFORE.match(
            text, match.end()
        ):
            continue
        if mentioned is None:  # the year of a date is no order
            mentioned = [*mentions.dates(text), *mentions.amounts(text)]
        if all(match.end() <= start or match.start() >= end for start, end in mentioned):
            yield match.span()


Searches = Sequence[tuple[str, Callable[[str], Iterator[tuple[int, int] | tuple[int, int, str]]]]]
_WITHOUT_FIGURES: Searches = ((ORDER_NUMBER, _spoken_orders),)
_NUMBERS: Searches = (
    (EMAIL, _emails),
    (TRACKING_NUMBER, _tracking_numbers),
    (ORDER_NUMBER, _said_orders),
    (PHONE, _phones),
    (ORDER_NUMBER, _bare_orders),
    *_WITHOUT_FIGURES,
)
_MENTIONS: Searches = ((DATE, mentions.dates), (AMOUNT, mentions.amounts))


def _is_tracking_number(code: str) -> bool:
    if code.startswith(("1Z", "TBA")) or (code.isdigit() and len(code) >= 20):
        return True
    if code.isdigit():
        return _russian_post(code) if len(code) == 14 else _fedex(code)
    return not _POSTAL_SHAPE.fullmatch(code) or _postal(code)


def _postal(code: str) -> bool:
    """Universal Postal Union S10: eight figures, a check figure, between two pairs of letters."""
    total = sum(
        int(figure) * weight for figure, weight in zip(code[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True)
    )
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(code[10])


def _fedex(code: str) -> bool:
    """FedEx Express (12 figures, weights 3 1 7) and Ground (15, weights 3 and 1)."""
    if len(code) == 12:
        weights = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
        return sum(
            int(figure) * weight for figure, weight in zip(code[:11], weights, strict=True)
        ) % 11 % 10 == int(code[11])
    total = sum(
        int(figure) * (3 if place % 2 == 0 else 1) for place, figure in enumerate(reversed(code[:-1]))
    )
    return -total % 10 == int(code[-1])


def _russian_post(code: str) -> bool:
    """Fourteen figures: the odd ones thrice, the even ones once, and the last makes it a round number."""
    weighed = sum(int(figure) * (1 if place % 2 else 3) for place, figure in enumerate(code[:-1]))
    return -weighed % 10 == int(code[-1])


def mask(text: str, spans: list[Span]) -> str:
    """The text with each span replaced by a mark: one customer's number teaches nothing about another's."""
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += (text[end : span.start], " ", MARKS[span.entity], " ")
        end = span.end
    return "".join([*pieces, text[end:]])


MARKS = {ORDER_NUMBER: ":order:", EMAIL: ":email:", PHONE: ":phone:", TRACKING_NUMBER: ":tracking:"}
