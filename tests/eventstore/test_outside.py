"""JSON from outside is read where it can be, and ends no program, however it was put together."""

import json
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.outside import DEEPEST, decode, depth

texts = st.text('ab\\"[]{}é', max_size=5)
things = st.recursive(
    st.none() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=20,
)

# What a thread of a web server does with a body, in the stack that such a thread has.
IN_A_THREAD = """
import sys, threading
import msgspec
from eventstore.outside import decode
def read():
    try:
        decode(sys.stdin.buffer.read())
    except msgspec.DecodeError as error:
        print(error)
threading.stack_size(256 * 1024)
thread = threading.Thread(target=read)
thread.start()
thread.join()
"""


def nested(thing: Any) -> int:
    """How deep lists and objects lie within each other."""
    inside = thing if isinstance(thing, list) else list(thing.values()) if isinstance(thing, dict) else None
    return 0 if inside is None else 1 + max(map(nested, inside), default=0)


@given(things, st.sampled_from([None, 2]))
def test_how_deep_it_is_nested(thing: Any, indent: int | None) -> None:
    body = json.dumps(thing, indent=indent).encode()
    assert depth(body) == nested(thing)
    assert decode(body) == thing


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_as_deep_as_it_may_be_is_read_and_nothing_deeper(start: str, end: str) -> None:
    def body(levels: int) -> bytes:
        return f"{start * levels}1{end * levels}".encode()

    assert nested(decode(body(DEEPEST))) == DEEPEST
    with pytest.raises(msgspec.DecodeError, match=r"^JSON is nested more than 100 deep$"):
        decode(body(DEEPEST + 1))


def test_brackets_side_by_side_or_in_a_text_are_not_nested() -> None:
    assert decode(b'[{},"%b",%b[]]' % (b"[" * 9000, b"[1]," * 9000))[1] == "[" * 9000


@pytest.mark.parametrize("body", [b"[" * 200_000, b'"\\' * 200_000, b'[{"a":' * 100_000, b"]" * 9000 + b"[" * 9000])
def test_no_thread_of_a_web_server_runs_out_of_its_stack(body: bytes) -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_THREAD], input=body, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout
