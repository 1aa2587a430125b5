"""Our payments, labels and e-mails against the ledgers of the others, in a storm: `python -m tests.systems.storm`."""

import argparse
import logging
import os
import random
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from config.services import throwaway


def main() -> None:
    """Let it blow, on a database of its own or on the one that is `--here`, and say whether the ledgers agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rate", type=float, default=0.15, help="of requests with which something goes wrong")
    parser.add_argument("--seconds", type=float, default=3600, help="after which it has to be over")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--here", action="store_true", help="use the database of the environment, as a test does")
    options = vars(parser.parse_args())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with ExitStack() as after:
        here = options.pop("here")
        if not here:
            after.enter_context(throwaway(os.environ))
        django.setup()
        logging.disable(logging.CRITICAL)
        if not here:
            from django.test.utils import setup_databases, teardown_databases

            former = setup_databases(verbosity=0, interactive=False)
            after.callback(teardown_databases, former, verbosity=0)
        from tests.systems.tempest import Tempest

        tempest = Tempest(**options)
        tempest.run(Path(after.enter_context(TemporaryDirectory())))
        faults = [*tempest.faults()]
    sys.stdout.writelines(f"{fault}\n" for fault in faults[:20])
    sys.stdout.writelines(f"{number:>12,} {what}\n" for what, number in sorted(tempest.counts.items()))
    sys.stdout.write(
        f"{tempest.orders} orders, {tempest.workers} workers, seed {tempest.seed}, {tempest.seconds:.0f} s:"
        f" {len(faults)} faults\n"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
