"""To rest: readers, deadlines, owed commands and requests are worked off here and now, until nothing moves."""

from collections.abc import Iterable

from eventstore import idle, log, subscriptions
from eventstore.effects import asking
from eventstore.inbox import heeding
from eventstore.process import deadlines, sending
from eventstore.readers import reader_named, readers


def to_rest(names: Iterable[str] | None = None, *, alone: bool = False) -> dict[str, int]:
    """Work off what there is; how far each reader moved. With names these readers only, `alone` nothing else.

    One reader may append what another waits for, and so may a command that is sent, or an answer.
    """
    moved = dict.fromkeys(readers() if names is None else names, 0)
    before = -1
    while True:
        head = log.number()
        passed = idle.pass_by(moved, head) if head != before else {}
        for name in moved if head != before else ():
            moved[name] += passed[name] if name in passed else subscriptions.follow(reader_named(name), head)
        acted = not alone and (
            deadlines.fire() + sending.send_owed() + asking.ask_everybody() + heeding.heed_everybody()
        )
        if head == before and not acted:
            return moved
        before = head
