"""Processes: where each run of one stands, what it has noticed and owes, and until when it waits."""

from django.db import models


class ProcessInstance(models.Model):
    """Where one run of a process stands. Made of what it noticed, and made again when its code is another."""

    stream = models.TextField(primary_key=True, db_collation="C")
    process = models.CharField(max_length=100)
    key = models.TextField()
    version = models.PositiveIntegerField()
    shape = models.CharField(max_length=64)
    state = models.BinaryField()
    waits = models.JSONField()
    stands = models.CharField(max_length=100)
    since = models.DateTimeField()
    ended = models.BooleanField()

    class Meta:
        db_table = "eventstore_process_instance"
        indexes = (
            models.Index(
                fields=["process", "since"], condition=models.Q(ended=False), name="eventstore_process_running"
            ),
        )

    def __str__(self) -> str:
        return self.stream


class Noticed(models.Model):
    """An event that an instance has taken notice of, in that order."""

    stream = models.TextField(db_collation="C")
    position = models.BigIntegerField()

    class Meta:
        db_table = "eventstore_noticed"
        constraints = (
            models.UniqueConstraint(fields=["stream", "position"], name="eventstore_noticed_stream_position"),
        )

    def __str__(self) -> str:
        return f"{self.position} by {self.stream}"


class OwedCommand(models.Model):
    """A command that a process has decided to send and has not sent yet. Without a next try it waits for a person.

    The order of the ids is that in which an instance owes its commands; `addressee` is the stream that one is for.
    """

    command_id = models.UUIDField(unique=True)
    stream = models.TextField(db_collation="C")
    addressee = models.TextField(db_collation="C")
    name = models.CharField(max_length=100)
    content = models.BinaryField()
    correlation = models.UUIDField()
    causation = models.UUIDField()
    owed_since = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "eventstore_owed_command"
        indexes = (
            models.Index(fields=["next_try_at"], name="eventstore_owed_next_try"),
            models.Index(fields=["stream", "addressee"], name="eventstore_owed_stream"),
        )

    def __str__(self) -> str:
        return f"{self.name} of {self.stream}"


class DueDeadline(models.Model):
    """Until when an instance of a process waits for something."""

    stream = models.TextField(db_collation="C")
    name = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    correlation = models.UUIDField()
    causation = models.UUIDField()

    class Meta:
        db_table = "eventstore_deadline"
        constraints = (models.UniqueConstraint(fields=["stream", "name"], name="eventstore_deadline_stream_name"),)
        indexes = (models.Index(fields=["due_at"], name="eventstore_deadline_due"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.stream} at {self.due_at}"
