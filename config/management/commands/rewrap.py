"""`manage.py rewrap`: the first of PERSONAL_DATA_KEYS seals everything, so that the others can be thrown away."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.screens import sealing
from eventstore import personal
from eventstore.management.terminal import Heedless, Tell, faults_as_sentences, progress


class Sealed(NamedTuple):
    """A kind of thing that these keys seal: how many another key seals than the first, and to seal them by that."""

    name: str
    left: Callable[[], int]
    anew: Callable[[], Iterator[int]]


# What a partner's webhooks are signed with is made of a key that lies among those of persons.
EVERYTHING = (
    Sealed("keys of persons and partners", personal.to_rewrap, personal.rewrap),
    Sealed("second factors", lambda: len(sealing.to_seal_anew()), sealing.seal_anew),
)


class Command(BaseCommand):
    """To be run beside the shop, under all keys that were used so far; as often as it may be interrupted."""

    help = (
        "Seals anew whatever another of PERSONAL_DATA_KEYS seals than the first, so that the others can be taken out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether only to look."""
        parser.add_argument("--dry-run", action="store_true", help="say how much there is to be sealed anew")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        """Look whether every key that is needed is there; then seal anew."""
        self.stdout = Heedless(self.stdout)
        with faults_as_sentences():
            left = [(kind, kind.left()) for kind in EVERYTHING]
            if dry_run:
                for kind, number in left:
                    self.stdout.write(f"{kind.name}: {number:,} to be sealed anew")
                return
            with progress() as tell:
                done = [seal_anew(kind, number, tell) for kind, number in left]
            for kind, number in zip(EVERYTHING, done, strict=True):
                self.stdout.write(f"{kind.name}: {number:,} sealed anew")
            if held := sum(kind.left() for kind in EVERYTHING):
                raise CommandError(f"Somebody else was changing {held:,} of them. Run it once more.")
        first = next(iter(settings.EVENTSTORE["PERSONAL_DATA_KEYS"]))
        self.stdout.write(
            f"The key {first!r} seals everything. Once every program runs with it as the first, the others can be taken"
            " out."
        )


def seal_anew(kind: Sealed, number: int, tell: Tell) -> int:
    """Seal all of a kind anew, of which there were so many; how many it has been."""
    done = 0
    for more in kind.anew():
        done += more
        tell(kind.name, done, number)
    return done
