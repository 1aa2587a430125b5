"""What a read model is: a table, and the pure function that folds events into its rows."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Self, TypeAliasType, get_args
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.base import ModelState

from eventstore.errors import Invalid
from eventstore.log import Recorded, rows_between
from eventstore.messages import Event
from eventstore.models import Checkpoint
from eventstore.readers import Read, Reader
from projections.engine import table

BATCH = 5000  # positions of the log in one transaction of the live table
NOBODYS = 0  # a version that no code has

new = object.__new__  # a row, without what Django makes of it first

type Fact = Recorded[Any]


class ReadModel(models.Model):
    """A row that is made of events, and changed by nothing else."""

    class Meta:
        abstract = True

    def __init__(self, *loaded: Any, **named: Any) -> None:
        """A row of these fields. Django's own way to make one takes three times as long, for what no row has."""
        if loaded:
            super().__init__(*loaded)
            return
        same, made = defaults_of(type(self))
        held = same | named
        for name, default in made.items():
            if name not in named:
                held[name] = default()
        if len(held) > len(same) + len(made):
            raise TypeError(
                f"{type(self).__name__} has no {', '.join(sorted(held.keys() - same.keys() - made.keys()))}."
            )
        held["_state"] = ModelState()
        self.__dict__ = held

    def but(self, **changes: Any) -> Self:
        """The same row with these fields changed; the row itself stays as it is."""
        changed = new(type(self))
        changed.__dict__ = held = self.__dict__ | changes
        if len(held) > len(self.__dict__):
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(held.keys() - self.__dict__.keys()))}.")
        return changed

    def values(self) -> dict[str, Any]:
        """The fields by their names, without what Django keeps beside them."""
        return {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}


@cache
def defaults_of(model: type[models.Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """What fields of a row hold when nobody gives them a value: what is the same for all, and how the rest is made."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    made = {name: each.get_default for name, each in fields.items() if each.has_default() and callable(each.default)}
    return {name: field.get_default() for name, field in fields.items() if name not in made}, made


class Live(Reader):
    """Who fills the live table, or that part of it which falls to them."""

    def beginnings(self) -> list[Checkpoint]:
        """Its checkpoint: nobody's where others fill the table in other parts, as it has to be built anew then."""
        name, parts = self.name.partition("#")[0], self.name.rpartition("/")[2]
        there = Checkpoint.objects.filter(reader__regex=whoever_fills(name), version__gt=NOBODYS)
        others = [each for each in there if each.reader.rpartition("/")[2] != parts]
        if not others:
            return super().beginnings()
        return [
            Checkpoint(
                reader=self.name,
                version=NOBODYS,
                position=min(each.position for each in others),
                paused=any(each.paused for each in others),
                erased=min(each.erased for each in others),
            )
        ]


def whoever_fills(name: str) -> str:
    """A pattern of the names of all readers that may fill the live table of a read model, in parts or as a whole."""
    return f"^{name}(#[^@]+)?$"


class Projection[Row: ReadModel, Key: Hashable]:
    """A read model and how it is made: the events it wants, the rows each is about, and what becomes of such a row.

    `wants` is the union of those events, by which mypy names the case that a match forgot. `keys(fact)` names the
    primary keys of the rows. `project(row, fact, key)` is the row after the fact, None for no row, before as after.
    Both are pure. A new `version` has the table built anew. With `partitions`, that many readers fill it side by side,
    each the streams of some keys: a row may then be fed by streams of one key only, such as order-7 and payment-7.
    Where a row `begins_once`, by an event that comes to nothing else, a rebuild folds several parts of the log at once.
    """

    def __init__(
        self,
        model: type[Row],
        *,
        wants: TypeAliasType,
        keys: Callable[[Recorded[Any]], Iterable[Key]],
        project: Callable[[Row | None, Recorded[Any], Key], Row | None],
        version: int = 1,
        partitions: int = 1,
        begins_once: bool = False,
    ) -> None:
        self.model = model
        self.name = model._meta.db_table.removeprefix("projections_")
        self.wants = tuple(members(wants))
        self.keys = keys
        self.project = project
        self.version = version
        self.partitions = partitions
        self.begins_once = begins_once

    def readers(self) -> list[Reader]:
        """Those who keep the live table up to date."""
        if self.partitions == 1:
            return [self.reader(self.name, self.take, kind=Live)]
        return [
            self.reader(
                f"{self.name}#{part}/{self.partitions}", self.take, partition=(part, self.partitions), kind=Live
            )
            for part in range(self.partitions)
        ]

    def reader(
        self,
        name: str,
        take: Callable[[Sequence[Fact]], None],
        *,
        batch: int = BATCH,
        partition: tuple[int, int] | None = None,
        read: Read = rows_between,
        kind: type[Reader] = Reader,
    ) -> Reader:
        """Somebody who fills a table of this read model."""
        return kind(
            name, wants=self.wants, take=take, version=self.version, batch=batch, partition=partition, read=read
        )

    def take(self, facts: Sequence[Fact]) -> None:
        """Fold a batch into the table: the rows it is about are loaded at once, and written back at once."""
        about = self.about(facts)
        before = table.load(self.model, about)
        table.replace(self.model, before, self.fold(before, about))

    def about(self, facts: Iterable[Fact]) -> dict[Key, list[Fact]]:
        """These facts by the rows that they are about, each once for a row, whose key it may name several times."""
        about, found, keys = dict[Key, list[Fact]](), dict[Hashable, list[Fact]](), self.keys
        for fact in facts:
            for key in keys(fact):
                same = key.int if isinstance(key, UUID) else key  # or each look at it would be several calls of Python
                those = found.get(same)
                if those is None:
                    about[key] = found[same] = [fact]
                elif those[-1] is not fact:
                    those.append(fact)
        return about

    def fold(self, rows: Mapping[Key, Row | None], about: Mapping[Key, Iterable[Fact]]) -> dict[Key, Row | None]:
        """What becomes of these rows by the facts that each is about. No I/O."""
        project, after = self.project, dict[Key, Row | None]()
        for key, facts in about.items():
            row = rows.get(key)
            for fact in facts:
                row = project(row, fact, key)
            after[key] = row
        return after


type AnyProjection = Projection[Any, Any]


def members(union: Any) -> Iterator[type[Event]]:
    """The types in a union, however it is put together of others."""
    if isinstance(union, TypeAliasType):
        yield from members(union.__value__)
    elif several := get_args(union):
        for each in several:
            yield from members(each)
    else:
        yield union


@cache
def projections() -> dict[str, AnyProjection]:
    """Every read model, by its name."""
    return {each.name: each for each in import_module(settings.EVENTSTORE["SUBSCRIPTIONS"]).PROJECTIONS}


def projection_named(name: str) -> AnyProjection:
    """The read model of this name."""
    try:
        return projections()[name]
    except KeyError:
        raise Invalid(f"There is no projection {name!r}. There are: {', '.join(sorted(projections()))}.") from None
