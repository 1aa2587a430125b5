"""The glossary holds every name of the business, and none that the business does not have."""

import re
from collections.abc import Iterator
from pathlib import Path

from accounts.domain.roles import ROLES, SYSTEMS
from eventstore.messages import OWNER, State
from eventstore.streams import Category, categories
from projections.engine import projections

GLOSSARY = Path(__file__).parent.parent / "docs" / "glossary.md"
KINDS = ("Commands", "Events", "States")


def entries() -> Iterator[tuple[str, str]]:
    """Section and name of each entry, such as ("order / Commands", "PlaceOrder")."""
    section = kind = ""
    for line in GLOSSARY.read_text().splitlines():
        if line.startswith("## "):
            section, kind = line.removeprefix("## "), ""
        elif line in KINDS:
            kind = f" / {line}"
        elif entry := re.fullmatch(r"- `(\w+)`: \S.*[.]", line):
            yield section + kind, entry[1]


def states(category: Category) -> set[str]:
    """The states that an aggregate can be in."""
    names = vars(category.decider).values()
    return {name.__name__ for name in names if isinstance(name, type) and issubclass(name, State) and name is not State}


def business() -> Iterator[tuple[str, str]]:
    """Section and name of all that the business has a word for."""
    for category in categories():
        found = {
            "Commands": {command.__name__ for command in category.commands},
            "Events": {stored.event.__name__ for stored in category.events},
            "States": states(category),
        }
        yield from ((f"{category.name} / {kind}", name) for kind, names in found.items() for name in names)
    yield from (("Roles", role) for role in ROLES | SYSTEMS | {OWNER})
    yield from (("Projections", name) for name in projections())


def test_every_name_is_in_the_glossary() -> None:
    missing = sorted(set(business()) - set(entries()))
    assert not missing, f"docs/glossary.md lacks a line in the form of - `Name`: what it means. {missing}"


def test_every_entry_names_something() -> None:
    gone = sorted(set(entries()) - set(business()))
    assert not gone, f"docs/glossary.md explains what is not there: {gone}"


def test_nothing_is_explained_twice() -> None:
    assert len(list(entries())) == len(set(entries()))
