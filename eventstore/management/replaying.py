"""Replay of processes at a terminal: their rows made again, and their decisions held against today's code."""

from collections.abc import Callable, Iterator, Sequence

from eventstore.management.terminal import counted
from eventstore.process import Process
from eventstore.process.decisions import Difference, differences
from eventstore.process.rebuilding import rebuild
from eventstore.process.runtime import process_named, processes
from eventstore.showing import printable

type Say = Callable[[str], object]


def replay_processes(names: Sequence[str], say: Say) -> None:
    """Make the rows of all instances again, and say what differed."""
    for process in meant(names):
        instances, differed = 0, 0
        for each in rebuild(process):
            instances += 1
            if each.differed:
                differed += 1
                say(f"{process.name}:{printable(each.key)} differed: {', '.join(each.differed)}.")
        say(f"{process.name}: {instances:,} of its instances made again of what they noticed; {differed:,} differed.")


def compare_decisions(names: Sequence[str], say: Say) -> int:
    """Say where today's code would decide otherwise than the histories record; how often that is.

    What instances were not told of is said as well, and counts for nothing: no deploy has them told.
    """
    total = 0
    for process in meant(names):
        found, untold = 0, 0
        for each in differences(process):
            found, untold = found + (not each.untold), untold + each.untold
            for line in in_words(each):
                say(line)
        decides = f"otherwise {found:,} times" if found else "as it is recorded"
        wants = f"; it wants {counted(untold, 'event')} that nobody was told of" if untold else ""
        say(f"{process.name}: today's code decides {decides}{wants}.")
        total += found
    return total


def meant(names: Sequence[str]) -> list[Process]:
    """The processes of these names; all of them without one."""
    return [process_named(name) for name in dict.fromkeys(names or sorted(processes()))]


def in_words(difference: Difference) -> Iterator[str]:
    """A difference, a line for each thing that is to be done."""
    where = f" on {difference.event} at position {difference.position:,}" if difference.event else ""
    yield f"{printable(difference.instance)}{where}"
    yield from (f"  recorded  {printable(line)}" for line in difference.recorded or ("nothing",))
    yield from (f"  today     {printable(line)}" for line in difference.today or ("nothing",))
