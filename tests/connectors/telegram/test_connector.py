from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connectors.contract import AnswersTaps, ChecksCredentials, LooksUpSends, Polls, Registers, ShowsTyping

from .door import door

ROOT = Path(__file__).resolve().parents[3]


def test_the_door_offers_what_telegram_can_do() -> None:
    bot: object = door()
    for offered in (AnswersTaps, ChecksCredentials, Polls, Registers, ShowsTyping):
        assert isinstance(bot, offered)
    assert not isinstance(bot, LooksUpSends)


def test_a_mode_is_one_way_in() -> None:
    modes = {
        mode: (bot.polling, bot.registers)
        for mode in ("webhook", "register", "polling")
        for bot in [door(TELEGRAM_MODE=mode, ONETHREAD_PUBLIC_URL="https://x.example")]
    }
    assert modes == {"webhook": (False, False), "register": (False, True), "polling": (True, False)}


def test_a_house_without_a_bot_does_not_load_the_library() -> None:
    asks = "import sys; from connectors import registry; registry.build({}); print('telegram' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
