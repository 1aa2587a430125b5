"""German is complete: nothing is left in English, and what is compiled is what is written."""

import gettext
import re
from collections.abc import Iterator

import polib
import pytest
from django.conf import settings
from django.utils.translation import override

from config.management.commands.makemessages import sentences
from orders.domain.money import Money
from orders.templatetags.shop import money

GERMAN = settings.BASE_DIR / "config" / "locale" / "de" / "LC_MESSAGES"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
CATALOGUE = polib.pofile(str(GERMAN / "django.po"))


def pairs() -> Iterator[tuple[str, str]]:
    """What is said in English, and in German."""
    for entry in CATALOGUE:
        if entry.msgid_plural:
            yield from ((entry.msgid_plural, german) for german in entry.msgstr_plural.values())
        else:
            yield entry.msgid, entry.msgstr


def test_nothing_is_left_to_be_translated() -> None:
    assert [entry.msgid for entry in CATALOGUE if entry.fuzzy or not entry.translated()] == []


def test_every_sentence_of_the_domain_is_there_in_german() -> None:
    known = {entry.msgid for entry in CATALOGUE}
    missing = sorted(set(sentences()) - known)
    assert not missing, f"Run manage.py makemessages --locale de, and translate: {missing}"


def test_what_stands_in_a_sentence_stands_in_the_german_one() -> None:
    wrong = [pair for pair in pairs() if set(PLACE.findall(pair[0])) != set(PLACE.findall(pair[1]))]
    assert wrong == []


def test_what_is_compiled_is_what_is_written() -> None:
    with (GERMAN / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    differs = [
        entry.msgid for entry in CATALOGUE if not entry.msgid_plural and compiled.gettext(entry.msgid) != entry.msgstr
    ]
    assert not differs, "Run manage.py compilemessages."


@pytest.mark.parametrize(("language", "said"), [("en", "€1,234.50"), ("de", "1.234,50\N{NO-BREAK SPACE}€")])
def test_money_follows_the_language(language: str, said: str) -> None:
    with override(language):
        assert money(Money(cents=123450)) == said
