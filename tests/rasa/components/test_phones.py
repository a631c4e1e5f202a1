"""Phone numbers as people write them, and the number each of them is."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot.addons.components.phones import read
from bot.addons.components.spans import find

HOMES = [("en", "US"), ("en", "GB"), ("ro", "RO"), ("ro", "MD"), ("ru", "RU"), ("ru", "UA"), ("ru", "MD")]
HOMES += [("zh", "CN"), ("zh", "HK"), ("zh", "TW")]


@pytest.mark.parametrize("way", [PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL])
@pytest.mark.parametrize("kind", [PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
@pytest.mark.parametrize(("language", "region"), HOMES)
def test_a_country_s_own_way_of_writing_is_found_and_read(language, region, kind, way):
    number = phonenumbers.example_number_for_type(region, kind)
    written = phonenumbers.format_number(number, way)
    assert [(span.entity, span.value) for span in find(f"call {written} please")] == [("phone", written)]
    assert read(written, language) == phonenumbers.format_number(number, PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    ("written", "language", "number"),
    [
        ("0721 234 567", "ro", "+40721234567"),
        ("0721.234.567", "ro", "+40721234567"),
        ("021 312 34 56", "ro", "+40213123456"),
        ("069 123 456", "ro", "+37369123456"),
        ("8 (921) 234-56-78", "ru", "+79212345678"),
        ("9212345678", "ru", "+79212345678"),
        ("+7 921 234 56 78", "ru", "+79212345678"),
        ("067 123 45 67", "ru", "+380671234567"),
        ("138 1234 5678", "zh", "+8613812345678"),
        ("１３８１２３４５６７８", "zh", "+8613812345678"),
        ("010-12345678", "zh", "+861012345678"),
        ("9123 4567", "zh", "+85291234567"),
        ("(212) 555-1234", "en", "+12125551234"),
        ("020 7946 0018", "en", "+442079460018"),
        ("+44 (0)20 7946 0018", "en", "+442079460018"),
    ],
)
def test_a_number_is_read_as_it_is_dialled_where_its_language_is_spoken(written, language, number):
    assert read(written, language) == number


@pytest.mark.parametrize("language", ["en", "ro", "ru", "zh", "xx"])
@pytest.mark.parametrize("written", ["+40 721-234-567", "0040721234567", "0040 (721) 234.567"])
def test_a_number_with_its_country_is_the_same_in_every_language(written, language):
    assert read(written, language) == "+40721234567"


def test_a_mobile_number_like_nobody_elses_is_known_in_a_foreign_message():
    assert read("0721 234 567", "en") == "+40721234567"
    assert read("8 921 234 56 78", "en") == "+79212345678"
    assert read("40721234567", "zh") == "+40721234567"


@pytest.mark.parametrize(
    "written", ["555-123-0001", "5551230001", "15551230001", "07700 900123", "00721234567"]
)
def test_a_number_of_no_known_country_stays_as_written(written):
    assert read(written, "en") == written


def test_an_invented_number_with_its_country_is_a_number():
    assert read("+1 (555) 123-0001", "en") == "+15551230001"


@pytest.mark.parametrize("written", ["+999 123456789", "+1 555 123", "+40 721 234 567 8901"])
def test_a_number_its_country_cannot_have_is_none(written):
    assert read(written, "ro") is None
