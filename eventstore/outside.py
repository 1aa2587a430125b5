"""JSON from outside, where anybody may have put it together."""

import re
from typing import Any

import msgspec

DEEPEST = 100  # brackets within each other

# Whole texts first, as a bracket in one of them is none; one that never ends hides nothing that is read.
BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{\]}]', re.DOTALL)
STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def decode(body: bytes, wanted: Any = Any) -> Any:
    """What stands in a body, as the type that is `wanted`; msgspec.DecodeError where it is unreadable, or too deep.

    The decoder itself goes down as far as the stack of a main thread reaches. The threads of a web server have less
    of it: there the whole program would end.
    """
    if body.count(b"[") + body.count(b"{") > DEEPEST and depth(body) > DEEPEST:
        raise msgspec.DecodeError(f"JSON is nested more than {DEEPEST} deep")
    return msgspec.json.decode(body, type=wanted)


def depth(body: bytes) -> int:
    """How many brackets are open at once, at most."""
    deepest = here = 0
    for found in BRACKET.finditer(body):
        here += STEP.get(found[0], 0)
        deepest = max(deepest, here)
    return deepest
