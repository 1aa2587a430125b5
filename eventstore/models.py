"""The log's tables that may change: how far each reader has come, what it has set aside, and the keys of persons."""

from django.db import models


class Checkpoint(models.Model):
    """How far a reader has come. Its row is the fence: whoever holds its lock is the one who reads."""

    reader = models.CharField(primary_key=True, max_length=100)
    position = models.BigIntegerField(default=0)
    paused = models.BooleanField(default=False)
    advanced_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "eventstore_checkpoint"

    def __str__(self) -> str:
        return f"{self.reader} at {self.position}"


class Parked(models.Model):
    """An event that a reader could not take, or that came behind such a one in its stream; in the stream's order."""

    reader = models.CharField(max_length=100)
    stream = models.TextField()
    position = models.BigIntegerField()
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    parked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "eventstore_parked"
        constraints = (
            models.UniqueConstraint(fields=["reader", "position"], name="eventstore_parked_reader_position"),
        )
        indexes = (models.Index(fields=["reader", "stream", "position"], name="eventstore_parked_stream"),)

    def __str__(self) -> str:
        return f"{self.stream} in {self.reader}, from {self.position}"


class PersonKey(models.Model):
    """The key a person's data is sealed with, wrapped by one of the environment; destroyed without `wrapped`."""

    person = models.CharField(primary_key=True, max_length=100)
    wrapped = models.BinaryField(null=True)
    wrapped_by = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "eventstore_personkey"

    def __str__(self) -> str:
        return f"key of {self.person}"
