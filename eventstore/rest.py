"""To rest: readers, deadlines and owed commands are worked off here and now, until nothing moves any more."""

from collections.abc import Iterable

from eventstore import subscriptions
from eventstore.process import deadlines, sending
from eventstore.readers import readers


def to_rest(names: Iterable[str] | None = None) -> dict[str, int]:
    """Work off what there is; how many positions each reader moved. With names, only these readers, and nothing else.

    One reader may append what another waits for, and so may a command that is sent.
    """
    all_of_it = names is None
    moved = dict.fromkeys(readers() if names is None else names, 0)
    while True:
        steps = {name: step for name in moved if (step := subscriptions.advance(name))}
        for name, step in steps.items():
            moved[name] += step
        acted = all_of_it and (deadlines.fire() + sending.send_owed())
        if not steps and not acted:
            return moved
