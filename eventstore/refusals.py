"""Refusals as they are kept: money and days as they are told in English, and as they were."""

from datetime import date
from typing import Any

import msgspec

from eventstore.messages import Message, Refused


class Told(str):
    """A value of a refusal as it is told in English; `exact` is the JSON of what it was, for other languages."""

    exact: Any

    def __new__(cls, text: str, exact: Any) -> "Told":
        told = super().__new__(cls, text)
        told.exact = exact
        return told


def plain(values: dict[str, object]) -> dict[str, str | int]:
    """The values of a refusal as text and numbers."""
    return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}


def kept(refused: Refused) -> dict[str, Any]:
    """A refusal as it is kept with the receipt."""
    refusal = {"sentence": refused.sentence, "values": plain(refused.values)}
    exact = {
        name: msgspec.to_builtins(value)
        for name, value in refused.values.items()
        if isinstance(value, Message) or type(value) is date
    }
    return refusal | {"exact": exact} if exact else refusal


def told_again(refusal: dict[str, Any]) -> Refused:
    """The refusal that was kept; older ones know their values as text alone."""
    exact = refusal.get("exact", {})
    values = {name: Told(value, exact[name]) if name in exact else value for name, value in refusal["values"].items()}
    return Refused(refusal["sentence"], **values)
