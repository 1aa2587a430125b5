"""Who follows the log: errands, and nobody else."""

from eventstore.process import Process, runtime
from tests.processes.errands import ErrandBegun as Begun
from tests.processes.errands import Wanted, errand_of, first

PROCESSES = (
    Process(
        "errand",
        wants=Wanted,
        begins=[Begun],
        instance=errand_of,
        policies={1: first},
        state=first.Errand,
        ends=first.ENDS,
    ),
)
READERS = [runtime.reader(process) for process in PROCESSES]
PROJECTIONS = ()
