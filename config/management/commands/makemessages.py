"""Collects what is to be translated: Django's own command, which knows the sentences of the domain as well."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

ROOMS = ("orders/domain", "orders/processes", "accounts/domain", "eventstore/process")
COLLECTED = "config/sentences.py"
WHOLE = re.compile("[A-Z{].* .*[.?!]")


class Command(makemessages.Command):
    """`manage.py makemessages --locale de`: of templates, of code, and of what the domain refuses."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=Refused"]

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Collect, with the sentences that the domain keeps under a name in a file of their own meanwhile."""
        collected = Path(settings.BASE_DIR) / COLLECTED
        collected.write_text("".join(f"Refused({sentence!r})\n" for sentence in sorted(set(sentences()))))
        try:
            super().handle(*arguments, **options)
        finally:
            collected.unlink()


def sentences() -> Iterator[str]:
    """Every sentence with which the domain refuses something or gives a reason."""
    for room in ROOMS:
        for file in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            yield from sentences_in(ast.parse(file.read_text()))


def sentences_in(module: ast.Module) -> Iterator[str]:
    """Those of a module: what is given to Refused, and whatever else is a whole sentence and not for programmers."""
    for_programmers = {text for node in ast.walk(module) for text in said_to_programmers(node)}
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(sentence)), *_]):
                yield sentence
            case ast.Constant(value=str(sentence)) if node not in for_programmers and WHOLE.fullmatch(sentence):
                yield sentence


def said_to_programmers(node: ast.AST) -> list[ast.expr]:
    """What describes code, is logged, or says that code is wrong."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return [node.value]
        case ast.Call(func=ast.Name(id="ValueError") | ast.Attribute(value=ast.Name(id="logger"))):
            return node.args
        case _:
            return []
