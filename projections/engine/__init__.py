"""What a read model is: a table, and the pure function that folds events into its rows."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Self, TypeAliasType, get_args

from django.conf import settings
from django.db import models

from eventstore.errors import Invalid
from eventstore.log import Recorded
from eventstore.readers import Reader
from projections.engine import table

type Fact = Recorded[Any]


class ReadModel(models.Model):
    """A row that is made of events, and changed by nothing else."""

    class Meta:
        abstract = True

    def but(self, **changes: Any) -> Self:
        """The same row with these fields changed; the row itself stays as it is."""
        unknown = changes.keys() - self.__dict__.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}.")
        changed = type(self).__new__(type(self))
        changed.__dict__.update(self.__dict__, **changes)
        return changed

    def values(self) -> dict[str, Any]:
        """The fields by their names, without what Django keeps beside them."""
        return {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}


class Projection[Row: ReadModel, Key: Hashable]:
    """A read model and how it is made: the events it wants, the rows each is about, and what becomes of such a row.

    `wants` is the union of those events, by which mypy names the case that a match forgot. `keys(fact)` names the
    primary keys of the rows. `project(row, fact, key)` is the row after the fact, None for no row, before as after.
    Both are pure. A new `version` has the table built anew. With `partitions`, that many readers fill it side by side,
    each the streams of some keys: a row may then be fed by streams of one key only, such as order-7 and payment-7.
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
    ) -> None:
        self.model = model
        self.name = model._meta.db_table.removeprefix("projections_")
        self.wants = get_args(wants.__value__) or (wants.__value__,)
        self.keys = keys
        self.project = project
        self.version = version
        self.partitions = partitions

    def readers(self) -> list[Reader]:
        """Those who keep the live table up to date."""
        if self.partitions == 1:
            return [self.reader(self.name, self.take)]
        return [
            self.reader(f"{self.name}#{part}", self.take, partition=(part, self.partitions))
            for part in range(self.partitions)
        ]

    def reader(
        self,
        name: str,
        take: Callable[[Sequence[Fact]], None],
        *,
        batch: int = 2000,
        partition: tuple[int, int] | None = None,
    ) -> Reader:
        """Somebody who fills a table of this read model."""
        return Reader(name, wants=self.wants, take=take, version=self.version, batch=batch, partition=partition)

    def take(self, facts: Sequence[Fact]) -> None:
        """Fold a batch into the table: the rows it is about are loaded at once, and written back at once."""
        keyed = [(fact, tuple(self.keys(fact))) for fact in facts]
        before = table.load(self.model, {key for _, keys in keyed for key in keys})
        after = self.fold(dict(before), keyed)
        changed = [row for key, row in after.items() if row is not None and row is not before.get(key)]
        gone = [key for key, row in after.items() if row is not before.get(key) and key in before]
        table.write(self.model, changed, replacing=gone)

    def fold(self, rows: dict[Key, Row | None], facts: Iterable[tuple[Fact, tuple[Key, ...]]]) -> dict[Key, Row | None]:
        """The rows after these facts. No I/O."""
        project = self.project
        for fact, keys in facts:
            for key in keys:
                rows[key] = project(rows.get(key), fact, key)
        return rows


@cache
def projections() -> dict[str, Projection[Any, Any]]:
    """Every read model, by its name."""
    return {each.name: each for each in import_module(settings.EVENTSTORE["SUBSCRIPTIONS"]).PROJECTIONS}


def projection_named(name: str) -> Projection[Any, Any]:
    """The read model of this name."""
    try:
        return projections()[name]
    except KeyError:
        raise Invalid(f"There is no projection {name!r}. There are: {', '.join(sorted(projections()))}.") from None
