"""The page of a sandbox: its ledger, what it was asked, whom it called back, and buttons to make it misbehave."""

import time
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from config.sandbox.ledger import Ledger
from config.sandbox.mischief import KINDS, is_down

SHOWN = 50
STYLE = b"""
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { background: Canvas; color: CanvasText; max-width: 72rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid #8886; vertical-align: top; }
.wide { overflow-x: auto; }
form { display: inline-block; margin: 0 0.5rem 0.5rem 0; }
code { overflow-wrap: anywhere; }
.outside main { max-width: 36rem; margin: 2rem auto; padding: 1rem 2rem; border: 4px dashed #b45309; }
.outside p.sandbox { margin: 0; font-weight: bold; text-transform: uppercase; letter-spacing: 0.1em; }
"""


class Button(NamedTuple):
    """What can be made to happen with a row."""

    label: str
    play: str
    fields: Mapping[str, str]


class Table(NamedTuple):
    """A part of the ledger. `buttons` stand behind the row of the same number."""

    title: str
    rows: Sequence[Mapping[str, object]]
    buttons: Sequence[Sequence[Button]] = ()


def written(title: str, ledger: Ledger, tables: Iterable[Table]) -> str:
    """The page."""
    asked = ledger.query("SELECT * FROM request ORDER BY id DESC LIMIT ?", (SHOWN,))
    called = ledger.query("SELECT * FROM callback ORDER BY id DESC LIMIT ?", (SHOWN,))
    parts = [
        *(table(each) for each in tables),
        table(Table("Asked", [readable(dict(row)) for row in asked])),
        table(Table("Called back", [readable({k: row[k] for k in row.keys() if k != "body"}) for row in called])),  # noqa: SIM118
    ]
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/sandbox/page.css"></head>'
        f"<body><main><h1>{escape(title)}</h1><p>A stand-in, for the demo and the tests. No money moves, no parcel"
        f" does.</p>{behaviour(ledger)}{''.join(parts)}</main></body></html>"
    )


def behaviour(ledger: Ledger) -> str:
    """How it behaves, and the buttons for that."""
    kinds = "".join(f'<option value="{kind}">{kind}: {about}</option>' for kind, about in KINDS.items())
    rate, seed = escape(ledger.setting("rate", "0")), escape(ledger.setting("seed", "1"))
    waiting = sum(row["times"] for row in ledger.query("SELECT times FROM mischief"))
    now = "It is down." if is_down(ledger) else f"Goes wrong on demand: {waiting} more. At random: {rate} of requests."
    return (
        f"<h2>Behaviour</h2><p>{now}</p>"
        '<form method="post" action="/sandbox/misbehave"><label>What goes wrong next '
        f'<select name="kind">{kinds}</select></label> <label>in paths with <input name="path"></label> '
        '<label>times <input name="times" value="1" size="3"></label> <button>Misbehave</button></form>'
        '<form method="post" action="/sandbox/rate">'
        f'<label>At random <input name="rate" value="{rate}" size="4"></label> '
        f'<label>by seed <input name="seed" value="{seed}" size="4"></label> <button>Set</button></form>'
        '<form method="post" action="/sandbox/down">'
        '<label>Down for seconds <input name="seconds" value="3600" size="5"></label> <button>Go down</button></form>'
        '<form method="post" action="/sandbox/behave">'
        "<button>Behave again</button></form>"
    )


def table(part: Table) -> str:
    """A part of the ledger as a table."""
    if not part.rows:
        return f"<h2>{escape(part.title)}</h2><p>Nothing yet.</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in part.rows[0]) + ("<th></th>" if part.buttons else "")
    lines = []
    for place, row in enumerate(part.rows):
        cells = "".join(f"<td>{escape(str(value))}</td>" for value in row.values())
        pressed = "".join(button(each) for each in part.buttons[place]) if part.buttons else ""
        lines.append(f"<tr>{cells}{f'<td>{pressed}</td>' if part.buttons else ''}</tr>")
    return (
        f'<h2>{escape(part.title)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def button(pressed: Button) -> str:
    """A button in a form of its own."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in pressed.fields.items()
    )
    return (
        f'<form method="post" action="/sandbox/{escape(pressed.play)}">{hidden}'
        f"<button>{escape(pressed.label)}</button></form>"
    )


def readable(row: dict[str, object]) -> dict[str, object]:
    """A row with its times as people read them."""
    return {
        name: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(value))
        if isinstance(value, float) and (name == "at" or name.endswith("_at"))
        else ""
        if value is None
        else value
        for name, value in row.items()
    }
