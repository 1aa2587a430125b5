"""The store against a model that is so simple that it is right: lists in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from uuid_utils.compat import uuid7

from accounts.domain.customer import CustomerRegistered
from eventstore import log, personal, reading
from eventstore.errors import Conflict, PersonErased
from eventstore.log import ANY, NEW, New, ReceiptExists, Recorded
from eventstore.messages import Event
from orders.domain.stock_item import StockReceived
from tests.eventstore.pieces import METADATA, by

STREAMS = ("stock_item", "customer", "order")
PERSONS = 3


class Change(NamedTuple):
    """What to append to one stream, and how far off the expected version is; None for any version."""

    stream: int
    events: list[int]
    off: int | None


class Kept(NamedTuple):
    """An event as the model has it."""

    id: UUID
    stream: str
    version: int
    event: Event


positions = st.integers(0, 60)
changes = st.builds(
    Change,
    st.sampled_from(range(len(STREAMS))),
    st.lists(st.integers(0, 5), min_size=1, max_size=5),
    st.sampled_from([0, 0, 0, None, None, 1, -1, 7]),
)
several_changes = st.lists(changes, min_size=1, max_size=3, unique_by=lambda change: change.stream)


class Store(RuleBasedStateMachine):
    """What a caller may do with the log, in any order."""

    commands = Bundle("commands")

    def __init__(self) -> None:
        super().__init__()
        self.begin = log.number()
        self.streams = [f"{name}-{uuid7()}" for name in STREAMS]
        self.persons = [uuid7() for _ in range(PERSONS)]
        self.erased: set[UUID] = set()
        self.log: list[Kept] = []

    # What is done

    @rule(target=commands, changes=several_changes)
    def append(self, changes: list[Change]) -> UUID:
        """Append to one or several streams, at the right version or a wrong one."""
        command = uuid7()
        news, fault = self._news(changes)
        if fault:
            with pytest.raises(fault):
                log.append(news, *by(command))
        else:
            self._keep(news, log.append(news, *by(command)))
        return command

    @rule(command=commands, changes=several_changes)
    def append_again(self, command: UUID, changes: list[Change]) -> None:
        """The same command comes once more."""
        receipt = log.receipt_of(command)
        news, fault = self._news(changes)
        if receipt and not fault:
            with pytest.raises(ReceiptExists):
                log.append(news, *by(command))

    @rule(changes=several_changes)
    def roll_back(self, changes: list[Change]) -> None:
        """Append, and think better of it."""
        news, fault = self._news(changes)
        with transaction.atomic():
            if fault:
                with pytest.raises(fault):
                    log.append(news, METADATA)
            else:
                log.append(news, METADATA)
            transaction.set_rollback(True)

    @rule(one=several_changes, other=several_changes)
    def append_in_one_transaction(self, one: list[Change], other: list[Change]) -> None:
        """Two appends, of which each may fail for itself."""
        with transaction.atomic():
            self.append(one)
            self.append(other)

    @rule()
    def number(self) -> None:
        """Somebody reads the log for the first time."""
        assert log.number() == self.begin + len(self.log)

    @rule(person=st.integers(0, PERSONS - 1))
    def erase(self, person: int) -> None:
        """A person is erased."""
        personal.destroy_key(str(self.persons[person]))
        self.erased.add(self.persons[person])

    # What is seen

    @rule(stream=st.integers(0, 2), after=st.integers(0, 12), until=st.integers(0, 12), backwards=st.booleans())
    def read_stream(self, stream: int, after: int, until: int, backwards: bool) -> None:
        """A stream, or a part of it, in either direction."""
        expected = [kept for kept in self._of(stream) if after < kept.version <= until]
        seen = log.read_stream(self.streams[stream], after=after, until=until, backwards=backwards)
        self._same(list(seen), expected[::-1] if backwards else expected)

    @rule(stream=st.integers(0, 2), place=st.integers(0, 12))
    def read_as_of(self, stream: int, place: int) -> None:
        """A stream as it was when one of its events was recorded."""
        times: list[datetime] = [recorded.recorded_at for recorded in log.read_stream(self.streams[stream])]
        if place < len(times):
            seen = list(log.read_stream(self.streams[stream], as_of=times[place]))
            assert len(seen) > place
            self._same(seen, self._of(stream)[: len(seen)])
            assert all(recorded.recorded_at <= times[place] for recorded in seen)

    @rule(
        after=positions,
        names=st.none() | st.sets(st.sampled_from(["StockReceived", "CustomerRegistered"])),
        category=st.none() | st.sampled_from(STREAMS),
    )
    def read_log(self, after: int, names: set[str] | None, category: str | None) -> None:
        """The log after a position, or what somebody wants of it."""
        expected = [
            kept
            for kept in self.log[after:]
            if (names is None or type(kept.event).__name__ in names)
            and (category is None or kept.stream.startswith(f"{category}-"))
        ]
        seen = list(log.read_log(self.begin + after, names=None if names is None else sorted(names), category=category))
        self._same(seen, expected)
        places = {kept.id: place for place, kept in enumerate(self.log, start=self.begin + 1)}
        assert [recorded.position for recorded in seen] == [places[recorded.id] for recorded in seen]

    @precondition(lambda self: self.log)
    @rule(place=st.integers(0, 1000))
    def read_event(self, place: int) -> None:
        """One event."""
        kept = self.log[place % len(self.log)]
        found = log.event_by_id(kept.id)
        assert found is not None
        self._same([found], [kept])
        assert log.position_of([kept.id]) == self.begin + self.log.index(kept) + 1

    @invariant()
    def versions_are_right(self) -> None:
        """Each stream has the version that it has in the model."""
        for place, stream in enumerate(self.streams):
            assert log.current_version(stream) == len(self._of(place))

    # The model

    def _of(self, stream: int) -> list[Kept]:
        return [kept for kept in self.log if kept.stream == self.streams[stream]]

    def _news(self, changes: list[Change]) -> tuple[list[New], type[Exception] | None]:
        """What to append, and what the log has to say to it."""
        news = []
        faults: set[type[Exception]] = set()
        for change in changes:
            version = len(self._of(change.stream))
            expected = ANY if change.off is None else max(NEW, version + change.off)
            events = [self._event(number) for number in change.events]
            news.append(New(self.streams[change.stream], events, expected))
            if expected not in (ANY, version):
                faults.add(Conflict)
            if any(isinstance(event, CustomerRegistered) and event.customer_id in self.erased for event in events):
                faults.add(PersonErased)
        return news, PersonErased if PersonErased in faults else next(iter(faults), None)

    def _event(self, number: int) -> Event:
        if number < PERSONS:
            return CustomerRegistered(customer_id=self.persons[number], name=f"Person {number}", email=None)
        return StockReceived(sku="A", quantity=number)

    def _keep(self, news: Sequence[New], ids: Sequence[UUID]) -> None:
        fresh = iter(ids)
        for new in news:
            version = len(self._of(self.streams.index(new.stream)))
            self.log += [
                Kept(next(fresh), new.stream, version + place, event) for place, event in enumerate(new.events, start=1)
            ]

    def _same(self, seen: list[Recorded[Event]], expected: list[Kept]) -> None:
        assert [(recorded.id, recorded.stream, recorded.version, recorded.event) for recorded in seen] == [
            (kept.id, kept.stream, kept.version, self._readable(kept.event)) for kept in expected
        ]

    def _readable(self, event: Event) -> Event:
        if isinstance(event, CustomerRegistered) and event.customer_id in self.erased:
            return msgspec.structs.replace(event, name=None)
        return event


@pytest.mark.django_db(transaction=True)
def test_the_store_does_what_the_model_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 3)
    run_state_machine_as_test(Store, settings=settings(max_examples=60, stateful_step_count=30))
