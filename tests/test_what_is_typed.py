"""Nothing that anybody types is kept for ever as it is: it is sealed for a person, or can be of none."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import UnionType
from typing import Any, TypeAliasType, get_args, get_origin, get_type_hints

import msgspec
import pytest
from django import forms
from django.urls import get_resolver
from msgspec import Struct

from accounts.domain.address import Address
from eventstore.process.because import BECAUSE
from eventstore.streams import categories
from orders.domain import reasons
from orders.screens.forms import TaskForm
from orders.systems import partners
from orders.systems.partners.asking import Operation

OF_A_PERSON = {*Address.__struct_fields__, "name", "email", "telephone"}  # which the events seal
OF_NO_PERSON = {
    "sku": "a product's number",
    "description": "of a product",
    "picture": "of a product",
    "grams": "a weight",
    "on_hand": "a number",
    "answers": "those of the page before, sealed by us",
    "transfer": "the bank's own number",
    "reference": "the bank's own number",
}
OF_EVENTS = {
    "sku": "a product's number",
    "name": "a product's, or a command's",
    "description": "of a product",
    "picture": "of a product",
    "reason": "one of ours, the payment provider's, or of the time before they were chosen",
    "reference": "the payment provider's own number",
    "gone": "amounts, by the payment provider's own numbers",
    "transfer": "the bank's own number",
    "tracking_number": "the carrier's own number",
    "carrier": "a firm",
    "card": "the payment provider's name for a card",
    "proposed_by": "the name of a colleague's account",
    "approved_by": "the name of a colleague's account",
    "address": "a digest of one, with a key",
    "work": "the kind of a task, and an id",
    "instance": "a process, and an id",
    "stops": "the names of deadlines",
    "sentence": "a rule's own",
    "values": "what fills a rule's sentence",
    "error": "a program's",
}


def every(kind: type[forms.Form]) -> Iterator[type[forms.Form]]:
    """Every form of this kind that stands in a module; another test makes one of what the README says."""
    assert get_resolver().url_patterns  # which has loaded them all
    for each in kind.__subclasses__():
        if getattr(sys.modules[each.__module__], each.__name__, None) is each:
            yield each
        yield from every(each)


def test_nobody_types_what_an_event_would_keep_of_a_person_in_the_open() -> None:
    typed = {
        name
        for form in every(TaskForm)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField)
    }
    assert {"recipient", "transfer"} <= typed
    assert typed <= OF_A_PERSON | OF_NO_PERSON.keys()


def test_whoever_says_why_chooses_one_of_the_sentences() -> None:
    known = {*BECAUSE.values(), *reasons.NOT_WANTED.values()}
    known.update(*(each for each in vars(reasons).values() if isinstance(each, tuple)))
    asked = {form: form.base_fields["reason"] for form in every(forms.Form) if "reason" in form.base_fields}
    assert len(asked) > 15
    for form, field in asked.items():
        assert isinstance(field, forms.ChoiceField), form
        chosen = dict(field.choices).keys()  # type: ignore[arg-type]  # no field here groups its choices
        assert chosen <= known | {"damaged", "wrong_item", "not_as_described", "changed_mind"}, form


def bodies() -> Iterator[type[Struct]]:
    """What partners send."""
    for module in iter_modules(partners.__path__, f"{partners.__name__}."):
        for each in vars(import_module(module.name)).values():
            if isinstance(each, Operation) and each.body:
                yield each.body


def texts(hint: Any) -> Iterator[str]:
    """The fields of a message, and of those in it, that hold a text without a pattern."""
    if isinstance(hint, TypeAliasType):
        yield from texts(hint.__value__)
    elif isinstance(hint, type) and issubclass(hint, Struct):
        for name, each in get_type_hints(hint, include_extras=True).items():
            yield from ([name] if is_text(each) else texts(each))
    elif isinstance(hint, UnionType) or get_origin(hint):
        for each in get_args(hint):
            yield from texts(each)


def is_text(hint: Any) -> bool:
    """Whether anything at all can be written there."""
    found = msgspec.inspect.type_info(hint)
    match found.type if isinstance(found, msgspec.inspect.Metadata) else found:
        case msgspec.inspect.StrType(pattern=pattern):
            return pattern is None
        case _:
            return False


def test_partners_write_nothing_that_an_event_would_keep_of_a_person_in_the_open() -> None:
    written = {name for body in bodies() for name in texts(body)}
    assert {"recipient", "email"} <= written
    assert written <= OF_A_PERSON | {"url"}  # where they are told, which no event keeps


def test_each_word_of_an_event_is_sealed_or_known_to_be_of_no_person() -> None:
    found = {
        name
        for category in categories()
        for stored in category.events
        for name, hint in get_type_hints(stored.event).items()
        if name not in stored.personal and (hint is str or "str" in str(hint))
    }
    assert found == OF_EVENTS.keys()


@pytest.mark.parametrize("sentences", [each for each in vars(reasons).values() if isinstance(each, tuple)])
def test_there_is_always_another_reason(sentences: tuple[str, ...]) -> None:
    assert sentences[-1] == reasons.OTHER
    assert len(set(sentences)) == len(sentences)
