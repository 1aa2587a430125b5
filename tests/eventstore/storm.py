"""The storm at full size: `python -m tests.eventstore.storm --commits 200000 --writers 32`."""

import argparse
import os
import sys

import django

from config.services import throwaway


def main() -> None:
    """Let it blow over a database of its own, and say what came of it."""
    from django.test.utils import setup_databases, teardown_databases

    from tests.eventstore.weather import Storm

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=200_000)
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    storm = Storm(**vars(options))
    former = setup_databases(verbosity=0, interactive=False)
    try:
        storm.run()
        faults, naively_missed = storm.faults(), storm.naively_missed()
    finally:
        teardown_databases(former, verbosity=0)
    sys.stdout.write(
        f"{options.commits} commits by {options.writers} writers in {storm.seconds:.1f} s"
        f" ({options.commits / storm.seconds:.0f} a second), seed {storm.seed}\n"
        f"{len(storm.committed)} events acknowledged; {dict(storm.counts)}\n"
        f"{options.readers} readers of the log: {'; '.join(faults) or 'nothing missed, doubled or out of order'}\n"
        f"a naive reader, by id: {naively_missed} events missed\n"
    )
    sys.exit(bool(faults) or not naively_missed)


if __name__ == "__main__":
    with throwaway(os.environ, durable=True):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        main()
