"""The post: another system that errands are asked of. Its ledger is its own, and it has its moods."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Literal
from uuid import UUID

from eventstore.effects import NotSent, System, Unanswered
from eventstore.messages import Command, Request
from tests.processes.errands import Help, How, Missed, Write

type Mood = Literal["well", "silent", "deaf", "closed", "broken", "odd"]


class Post:
    """Delivers a letter once for each key, and has a helper help."""

    name = "post"
    role = "post"
    requests = (Write,)

    mood: ClassVar[Mood] = "well"
    asked: ClassVar[list[str]] = []
    letters: ClassVar[Path] = Path(tempfile.mkdtemp(prefix="post-"))

    def ask(self, request: Request, key: UUID) -> Sequence[Command]:
        """Deliver a letter; in a bad mood, it is not known whether."""
        assert isinstance(request, Write)
        self.asked.append(f"ask {request.helper}")
        match self.mood:
            case "closed":
                raise NotSent("The post is closed.")
            case "deaf":
                raise Unanswered("Nobody answers.")
            case "broken":
                raise RuntimeError("No stamps.")
            case "silent" | "well" | "odd":
                with suppress(FileExistsError), (self.letters / str(key)).open("x") as letter:
                    letter.write(f"{request.errand} {request.helper}")
        if self.mood == "silent":
            raise Unanswered("It was posted, and nobody says so.")
        return self.delivered(request)

    def find_out(self, request: Request, key: UUID) -> Sequence[Command] | None:
        """Whether a letter was delivered."""
        assert isinstance(request, Write)
        self.asked.append(f"find out {request.helper}")
        if self.mood == "closed":
            raise NotSent("The post is closed.")
        if self.mood in ("deaf", "silent"):
            raise Unanswered("Nobody answers.")
        return self.delivered(request) if (self.letters / str(key)).exists() else None

    def delivered(self, request: Write) -> list[Command]:
        """What a delivered letter leads to."""
        how: How = "not" if self.mood == "odd" else "gladly"
        return [Help(helper=request.helper, errand=request.errand, how=how)]

    def unknown(self, request: Request) -> Sequence[Command]:
        """Whoever wrote is missed."""
        assert isinstance(request, Write)
        return [Missed(helper=request.helper, errand=request.errand)]


SYSTEMS: tuple[System, ...] = (Post(),)


def delivered() -> Counter[str]:
    """What letters there are."""
    return Counter(letter.read_text() for letter in Post.letters.iterdir())


def burn() -> None:
    """There were no letters."""
    for letter in Post.letters.iterdir():
        letter.unlink()
    Post.mood = "well"
    Post.asked.clear()
