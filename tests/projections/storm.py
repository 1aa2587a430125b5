"""The turmoil at full size: `python -m tests.projections.storm --commands 50000 --writers 4`."""

import argparse
import os
import sys
from contextlib import ExitStack

import django

from config.services import throwaway


def main() -> None:
    """Let it blow over a database of its own, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=50_000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.projections.alone")
    with ExitStack() as after:
        after.enter_context(throwaway(os.environ, durable=True))
        django.setup()
        from django.test.utils import setup_databases, teardown_databases

        former = setup_databases(verbosity=0, interactive=False)
        after.callback(teardown_databases, former, verbosity=0)
        from tests.projections.rooms import contents
        from tests.projections.turmoil import Turmoil

        turmoil = Turmoil(**vars(options))
        turmoil.run()
        faults = list(turmoil.faults())
        sys.stdout.write(
            f"{options.commands} commands by {options.writers} writers in {turmoil.seconds:.1f} s"
            f" ({options.commands / turmoil.seconds:.0f} a second), seed {turmoil.seed}\n"
            f"{dict(turmoil.counts)}\n"
            f"rows and hashes: {contents()}\n"
            f"{'; '.join(faults) or 'every table built anew is what the live one is'}\n"
        )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
