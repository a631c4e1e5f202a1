"""Which variation of a response Rasa says: the channel's own where there is one, in the customer's words."""

import pytest
import yaml
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from tests.rasa.room import ROOT

LANGUAGES = ("en", "ro", "ru", "zh")
RESPONSES = {}
for path in sorted((ROOT / "domain" / "responses").glob("*.yml")):
    RESPONSES |= yaml.safe_load(path.read_text("utf-8"))["responses"]
SHORT = sorted(key for key, variations in RESPONSES.items() if any("channel" in one for one in variations))


def said(key, language, channel):
    speaker = TemplatedNaturalLanguageGenerator(RESPONSES)
    variables = dict.fromkeys(
        ("order_number", "items", "total", "date", "eta", "until", "carrier", "tracking_number"), "{x}"
    )
    return speaker.generate_from_slots(key, {"language": language}, channel, **variables)


def written(key, language, channel=None):
    [one] = [
        one
        for one in RESPONSES[key][:-1]
        if one["condition"][0]["value"] == language and one.get("channel") == channel
    ]
    return one


def skeleton(text):
    return "".join("{x}" if at % 2 else part for at, part in enumerate(text.replace("}", "{").split("{")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", SHORT)
def test_a_channel_hears_its_own_words_and_others_the_common_ones(key, language):
    for channel, own in (("sms", "sms"), ("whatsapp", None), ("telegram", None), ("webchat", None)):
        one = written(key, language, own)
        heard = said(key, language, channel)
        assert heard["text"] == skeleton(one["text"])
        assert len(heard.get("buttons") or ()) == len(one.get("buttons", ()))


def test_there_are_short_texts_for_sms():
    assert "utter_order_shipped" in SHORT


@pytest.mark.parametrize("language", [None, "fr"])
def test_who_speaks_another_language_is_written_to_in_english(language):
    key = "utter_bot_challenge"
    assert said(key, language, "sms")["text"] == written(key, "en")["text"]
