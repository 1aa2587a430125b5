"""German is complete: nothing is left in English, and what is compiled is what is written."""

import ast
import gettext
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import polib
import pytest
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override
from django.utils.translation.template import templatize

from config.management.commands.makemessages import sentences
from orders.domain.money import Money
from orders.templatetags.shop import money, reason, sentence

GERMAN = settings.BASE_DIR / "config" / "locale" / "de" / "LC_MESSAGES"
ROOMS = ("accounts", "config", "eventstore", "orders", "projections")
MARKS = {f"{kind}gettext{lazy}" for kind in ("", "n", "p", "np") for lazy in ("", "_lazy", "_noop")} | {"_", "Refused"}
TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
CALL = re.compile(rf"\b(?:_|n?p?gettext)\((?:\s*u?(?:{TEXT.pattern})\s*,?)+", re.DOTALL)
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


def test_every_sentence_of_screens_and_domain_is_there_in_german_and_none_that_nobody_says() -> None:
    known = {said for entry in CATALOGUE for said in (entry.msgid, entry.msgid_plural) if said}
    said = {*sentences(), *in_code(), *in_templates()}
    assert len(said) > 1000
    assert (sorted(said - known), sorted(known - said)) == ([], []), "Run manage.py makemessages, and translate."


def in_code() -> Iterator[str]:
    """What is said in Python, where it is marked as something to be translated."""
    for room in ROOMS:
        for file in (settings.BASE_DIR / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and name_of(node.func) in MARKS:
                    yield from (text for argument in node.args for text in texts(argument))


def texts(argument: ast.expr) -> Iterator[str]:
    """The text that an argument is, or the two of which it is one."""
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from (*texts(argument.body), *texts(argument.orelse))
        case _:  # what is only filled in
            pass


def name_of(function: ast.expr) -> str:
    """What is called."""
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def in_templates() -> Iterator[str]:
    """What is said in templates, as Django makes code of them for those who collect it."""
    for file in sorted((settings.BASE_DIR / "templates").rglob("*")):
        if file.is_file():
            code = templatize(file.read_text(), origin=str(file))
            for call in CALL.finditer(code):
                yield from (ast.literal_eval(text) for text in TEXT.findall(call[0]))


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


@pytest.mark.parametrize(("language", "said"), [("en", "3 Nov 2026, 16:04"), ("de", "03.11.2026 16:04")])
def test_days_are_written_as_in_europe(language: str, said: str) -> None:
    with override(language):
        assert date_format(datetime(2026, 11, 3, 16, 4, tzinfo=UTC), "SHORT_DATETIME_FORMAT") == said


def test_the_reasons_of_the_shop_itself_are_said_in_german_and_those_of_people_as_they_typed_them() -> None:
    with override("de"):
        assert reason("Goods were returned.") == "Ware wurde zurückgesandt."
        assert [reason(typed) for typed in ("", "Name", "Too much. {x}")] == ["", "Name", "Too much. {x}"]
        told = sentence("{amount} is to be refunded: {reason}", {"amount": "1", "reason": "Goods were returned."})
        assert told.endswith("Ware wurde zurückgesandt.")


def at_once(node: ast.AST) -> Iterator[ast.Call]:
    """The calls that happen when a module is loaded."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            if isinstance(child, ast.Call):
                yield child
            yield from at_once(child)


def test_no_text_is_in_the_language_of_whoever_loaded_its_module() -> None:
    said = []
    for room in ("accounts", "config", "eventstore", "orders", "projections"):
        for file in sorted((settings.BASE_DIR / room).rglob("*.py")):
            module = ast.parse(file.read_text())
            imported = [each for each in module.body if isinstance(each, ast.ImportFrom)]
            names = {
                alias.asname or alias.name
                for each in imported
                if each.module == "django.utils.translation"
                for alias in each.names
                if alias.name in ("gettext", "ngettext")
            }
            said += [
                f"{file.name}: {ast.unparse(call)}"
                for call in at_once(module)
                if isinstance(call.func, ast.Name) and call.func.id in names
            ]
    assert said == []
