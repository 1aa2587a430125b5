"""The machinery of all projections: load the rows a batch is about, fold the events into them, write them back."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Self, TypeAliasType, get_args

from django.db import models

from eventstore.log import Recorded


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

    `wants` is the union of those events, by which mypy names the case that a match forgot. `keys(fact)` names the primary
    keys of the rows. `project(row, fact, key)` is the row after the fact, None for no row, before as after. Both are pure.
    """

    def __init__(
        self,
        model: type[Row],
        *,
        wants: TypeAliasType,
        keys: Callable[[Recorded[Any]], Iterable[Key]],
        project: Callable[[Row | None, Recorded[Any], Key], Row | None],
    ) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.wants = get_args(wants.__value__) or (wants.__value__,)
        self.keys = keys
        self.project = project

    def take(self, facts: Sequence[Recorded[Any]]) -> None:
        """Fold a batch into the table: one query to load, one to write, one to remove."""
        keyed = [(fact, list(self.keys(fact))) for fact in facts]
        before = self.model._default_manager.in_bulk({key for _, keys in keyed for key in keys})
        after = self.fold(dict(before), keyed)
        changed = [row for key, row in after.items() if row is not None and row is not before.get(key)]
        gone = [key for key, row in after.items() if row is None and key in before]
        if changed:
            self._write(changed)
        if gone:
            self.model._default_manager.filter(pk__in=gone).delete()

    def fold(
        self, rows: dict[Key, Row | None], facts: Iterable[tuple[Recorded[Any], list[Key]]]
    ) -> dict[Key, Row | None]:
        """The rows after these facts."""
        for fact, keys in facts:
            for key in keys:
                rows[key] = self.project(rows.get(key), fact, key)
        return rows

    def _write(self, rows: list[Row]) -> None:
        fields = self.model._meta.concrete_fields
        self.model._default_manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=[field.name for field in fields if field.primary_key],
            update_fields=[field.name for field in fields if not field.primary_key],
        )
