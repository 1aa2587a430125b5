"""Kill a worker that runs a process between any two statements: `python -m tests.processes.crashes --kills 400`."""

import argparse
import logging
import os
import random
import sys
from contextlib import ExitStack

import django

from config.services import throwaway


def main() -> None:
    """Kill, look, and say what was lost or doubled; on a database of its own, or on the one that is `--here`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=40, help="with several workers at once")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--here", action="store_true", help="use the database of the environment, as a test does")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with ExitStack() as after:
        if not options.here:
            after.enter_context(throwaway(os.environ))
        django.setup()
        logging.disable(logging.CRITICAL)
        if not options.here:
            from django.test.utils import setup_databases, teardown_databases

            former = setup_databases(verbosity=0, interactive=False)
            after.callback(teardown_databases, former, verbosity=0)
        from tests.processes.errands.at_work import errands
        from tests.processes.mortal import kill_everywhere, kill_some_of_many

        after.enter_context(errands())
        faults = [
            *kill_everywhere(options.kills, options.seed),
            *kill_some_of_many(options.rounds, options.seed),
        ]
    sys.stdout.writelines(f"{fault}\n" for fault in faults[:20])
    sys.stdout.write(
        f"{options.kills} workers killed one by one, {options.rounds} times several at once, seed {options.seed}:"
        f" {len(faults)} times something was lost or doubled\n"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
