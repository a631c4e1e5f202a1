"""Words of despair and of abuse in four languages: they are met with care, not asked back. Pure."""

from __future__ import annotations

import re

from .asking import plain

_DESPAIR = re.compile(
    r"\b(kill|hurt|harm|cut)(ing)? my ?self\b|\bsuicid\w*|\bwan(t to|na) die\b|\bend (my life|it all)\b"
    r"|\bself.harm|\b(don'?t|do not) want to (live|be alive)\b|\bno reason to live\b|\bbetter off dead\b"
    r"|\bsinucid\w*|\bvreau sa mor\b|\bsa ma omor\b|\bimi iau viata\b|\bnu mai vreau sa traiesc\b"
    r"|суицид|самоубии|\bпокончить с собои\b|\bуб(ью|ить) себя\b|\bхочу умереть\b"
    r"|\bне хо(чу|чется) (больше )?жить\b|\bжить не хо(чу|чется)\b"
    r"|自杀|自殺|轻生|輕生|不想活|想死(?![你您他她])|活不下去|结束(我的|自己的?)?生命|伤害自己"
)
_ABUSE = re.compile(
    r"\b(stupid|idiot\w*|moron\w*|dumb\w*|useless|crap|bullshit|shit\w*|f+u+c+k\w*|bastard\w*|asshole\w*"
    r"|bitch\w*|scam\w*|thief|thieves|sucks?)\b"
    r"|\b(prosti?|proasta|prostilor|prostie|idiot\w*|tampit\w*|cretin\w*|nesimtit\w*|jegos\w*|hoti(lor)?"
    r"|escroc\w*|dracu\w*|naiba|mortii|pula|muie|rahat)\b"
    r"|\b(туп(ои|ая|ые|ица|ицы|о)|идиот\w*|дурак\w*|дебил\w*|козл\w+|козел|урод\w*|хрен\w*|бля\w*|сук[аи]"
    r"|говн\w*|пизд\w*|хуи\w*|хуе\w*|мудак\w*|мошенник\w*|лохотрон|достали)\b"
    r"|傻[逼叉比瓜]|白痴|智障|垃圾|废物|廢物|混蛋|去死|他?妈的|脑残|骗子|滚[吧蛋开]"
)


def despairs(text: str) -> bool:
    """Whether the writer may be in danger. Errs on the side of care."""
    return _DESPAIR.search(plain(text)) is not None


def insults(text: str) -> bool:
    """Whether it is abuse, at us or at the shop."""
    return _ABUSE.search(plain(text)) is not None
