"""Kill a rebuild between any two statements: `python -m tests.projections.deaths --kills 400`."""

import argparse
import logging
import os
import random
import sys
from contextlib import ExitStack

import django

from config.services import throwaway


def main() -> None:
    """Kill, look, and say what came of it; on a database of its own, or on the one that is `--here`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--in-parts", action="store_true", help="of a read model that several processes build")
    parser.add_argument("--here", action="store_true", help="use the database of the environment, as a test does")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.projections.alone")
    with ExitStack() as after:
        if not options.here:
            after.enter_context(throwaway(os.environ))
        django.setup()
        logging.disable(logging.CRITICAL)
        if not options.here:
            from django.test.utils import setup_databases, teardown_databases

            former = setup_databases(verbosity=0, interactive=False)
            after.callback(teardown_databases, former, verbosity=0)
        from tests.projections.mortal import ALONE, IN_PARTS, kill_everywhere

        projection = IN_PARTS if options.in_parts else ALONE
        faults = list(kill_everywhere(projection, options.kills, options.seed))
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(f"{options.kills} rebuilds were killed, seed {options.seed}: {len(faults)} times with a fault.\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
