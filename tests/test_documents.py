"""The documents say what is so: links lead somewhere, named code is there, commands and variables exist."""

import ast
import re
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import get_commands
from uuid_utils.compat import uuid7

from eventstore.messages import Refused
from orders.domain import product
from orders.domain.money import Money
from orders.screens import forms

PROJECT = Path(__file__).parent.parent
README = PROJECT / "README.md"
DECISIONS = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [README, *sorted((PROJECT / "docs").rglob("*.md"))]
PICTURES = sorted((PROJECT / "docs" / "pictures").iterdir())
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def title(document: Path) -> str:
    """What a test is called that is about this document."""
    return str(document.relative_to(PROJECT))


def links(document: Path) -> Iterator[tuple[str, Path]]:
    """Text and file of each link that stays in the project."""
    for text, target in LINK.findall(FENCE.sub("", document.read_text())):
        address = urlsplit(target)
        if not address.scheme and address.path:
            yield text, document.parent / unquote(address.path)


def defined_in(source: str) -> set[str]:
    """The names of classes, functions and variables of a Python module, those in its classes included."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def python(beginning: str) -> str:
    """The README's block that begins so."""
    found: list[tuple[str, str]] = FENCE.findall(README.read_text())
    return next(text for language, text in found if language == "python" and text.startswith(beginning))


@pytest.mark.parametrize("document", DOCUMENTS, ids=title)
def test_links_lead_to_what_is_there(document: Path) -> None:
    assert [str(target) for _, target in links(document) if not target.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=title)
def test_code_is_defined_where_the_link_says(document: Path) -> None:
    """A name in a link's text, such as [`dispatch`](eventstore/dispatch.py), is defined in the file."""
    code = [(text.strip("`"), file) for text, file in links(document) if text.startswith("`") and file.suffix == ".py"]
    assert [(name, file.name) for name, file in code if name not in defined_in(file.read_text())] == []


def test_every_point_of_the_screens_is_shown_by_a_test() -> None:
    points = re.split(r"^(\d+)\. ", (PROJECT / "docs" / "screens.md").read_text(), flags=re.MULTILINE)
    shown = {int(number): len(re.findall(r"\[`test_", text)) for number, text in batched(points[1:], 2)}
    assert list(shown) == list(range(1, 21))
    assert [number for number, tests in shown.items() if not tests] == []


def test_every_variable_of_the_environment_is_explained() -> None:
    """Every variable that config/environment.py reads has its row in the README, and so have no others but one."""
    tree = ast.parse((PROJECT / "config" / "environment.py").read_text())
    read = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "env"
    }
    explained = set(re.findall(r"^\| `([A-Z_]+)` \| \S.* \|$", README.read_text(), re.MULTILINE))
    assert read, "config/environment.py is read otherwise now"
    assert explained == read | {"DEMO_DATA"}


def test_containers_are_told_whatever_an_installation_sets() -> None:
    compose = (PROJECT / "config" / "compose.yaml").read_text()
    handed_on = set(re.findall(r"^    ([A-Z_]+):", compose, re.MULTILINE))
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(), re.MULTILINE))
    assert handed_on == explained - {"DEMO", "DEBUG", "DEMO_DATA"}


def test_every_recipe_that_is_named_exists() -> None:
    named = {
        recipe
        for document in DOCUMENTS
        for recipes in re.findall(r"uv run just ([a-z-]+(?: [a-z-]+)*)", document.read_text())
        for recipe in recipes.split()
    }
    justfile = (PROJECT / ".justfile").read_text()
    assert {"check", "test"} <= named
    assert named <= set(re.findall(r"^([a-z-]+)(?: [^:\n]*)?:(?!=)", justfile, re.MULTILINE))


def test_every_command_that_is_named_exists() -> None:
    named = {name for document in DOCUMENTS for name in re.findall(r"manage\.py ([a-z_]+)", document.read_text())}
    assert {"demo", "replay"} <= named
    assert named <= get_commands().keys()


def test_the_task_that_is_added_in_the_readme() -> None:
    """Its words and its rule run among those of a product, and its form among those of the other tasks."""
    words = dict(vars(product))
    for beginning in ("class RecallProduct(Command):", "def recall("):
        exec(python(beginning), words)  # noqa: S102  # the README is ours
    screen = vars(forms) | words
    exec(python("class RecallProductForm(TaskForm):"), screen)  # noqa: S102  # the README is ours
    form = screen["RecallProductForm"]({"command_id": uuid7(), "reason": "A part of it comes off."}, sku="KET-120")
    assert form.is_valid(), form.errors
    kettle = product.Listed(name="Whistling kettle", price=Money(cents=5400))
    [recalled] = words["recall"](form.command(), kettle)
    assert recalled == words["ProductRecalled"](sku="KET-120", reason="A part of it comes off.")
    with pytest.raises(Refused, match="Say why Whistling kettle is recalled"):
        words["recall"](words["RecallProduct"](sku="KET-120", reason="Clara Vogel rang."), kettle)


def test_decisions_are_numbered_and_say_why() -> None:
    assert set(DECISIONS) <= {file for _, file in links(README)}
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for number, file in enumerate(DECISIONS, start=1):
        text = file.read_text()
        assert text.startswith(f"# {number}. "), title(file)
        headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert headings[:3] == ["Context", "Decision", "Consequences"], title(file)


def test_pictures_are_shown_and_light() -> None:
    shown = {file.resolve() for document in DOCUMENTS for _, file in links(document)}
    assert {title(picture) for picture in PICTURES if picture not in shown} == set()
    assert sum(picture.stat().st_size for picture in PICTURES) < 300_000
