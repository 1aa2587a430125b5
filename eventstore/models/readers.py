"""Readers of the log: how far each has come, and the events that it could not take."""

from django.db import models


class Checkpoint(models.Model):
    """How far a reader has come. Its row is the fence: whoever holds its lock is the one who reads.

    `erased` is how many persons had been erased when it began: whom it may still know is whoever was erased since.
    """

    reader = models.CharField(primary_key=True, max_length=100)
    position = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    paused = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    held_by = models.CharField(max_length=100, blank=True)
    erased = models.PositiveIntegerField(db_default=0)
    advanced_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "eventstore_checkpoint"

    def __str__(self) -> str:
        return f"{self.reader} at {self.position}"


class Parked(models.Model):
    """An event that a reader could not take, or that came behind such a one in its stream.

    The stream waits in that reader until its parked events are taken after all, in order, or skipped with a reason.
    """

    reader = models.CharField(max_length=100)
    stream = models.TextField()
    position = models.BigIntegerField()
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    parked_at = models.DateTimeField(auto_now_add=True)
    skipped_at = models.DateTimeField(null=True)
    skipped_by = models.CharField(max_length=254, blank=True)
    skipped_because = models.TextField(blank=True)

    class Meta:
        db_table = "eventstore_parked"
        constraints = (
            models.UniqueConstraint(fields=["reader", "position"], name="eventstore_parked_reader_position"),
        )
        indexes = (
            models.Index(
                fields=["reader", "stream", "position"],
                condition=models.Q(skipped_at=None),
                name="eventstore_parked_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stream} in {self.reader}, from {self.position}"
