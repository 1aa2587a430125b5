"""The log's tables that may change: how far readers and processes have come, and the keys of persons."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.messages import Refused


class Checkpoint(models.Model):
    """How far a reader has come. Its row is the fence: whoever holds its lock is the one who reads."""

    reader = models.CharField(primary_key=True, max_length=100)
    position = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    paused = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    held_by = models.CharField(max_length=100, blank=True)
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
    skipped_by = models.CharField(max_length=100, blank=True)
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


class Snapshot(models.Model):
    """The state of a long stream at one of its versions, to begin a load from. Needed for nothing but speed."""

    stream = models.TextField(primary_key=True, db_collation="C")
    version = models.IntegerField()
    shape = models.CharField(max_length=64)
    state = models.BinaryField()

    class Meta:
        db_table = "eventstore_snapshot"

    def __str__(self) -> str:
        return f"{self.stream} at {self.version}"


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


class Effect(models.Model):
    """What a process asks of another system and has no answer to. Without a next try it waits for a person.

    `key` is what the other system knows it by, always; `command_id` is another one each time a person has it retried.
    Whoever asks holds a lease, with a token. It is `unsure` where it may have arrived already.
    """

    key = models.UUIDField(unique=True)
    command_id = models.UUIDField(unique=True)
    stream = models.TextField(db_collation="C")
    system = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    content = models.BinaryField()
    correlation = models.UUIDField()
    causation = models.UUIDField()
    owed_since = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    unsure = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "eventstore_effect"
        indexes = (
            models.Index(fields=["system", "next_try_at"], name="eventstore_effect_next_try"),
            models.Index(fields=["stream", "system"], name="eventstore_effect_stream"),
        )

    def __str__(self) -> str:
        return f"{self.name} of {self.stream} at {self.system}"


class Border(models.Model):
    """How another system has answered so far, and until when it is left alone. Its row is held while one is chosen."""

    system = models.CharField(primary_key=True, max_length=100)
    requests = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    latency = models.FloatField(default=0)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "eventstore_border"

    def __str__(self) -> str:
        return self.system


class Received(models.Model):
    """What another system has told us, once. Unsettled and without a next try it waits for a person.

    That one may set it aside, with a reason. The order of the ids is that in which it came; `digest` is that of the
    whole letter, which is not kept.
    """

    system = models.CharField(max_length=100)
    notice_id = models.CharField(max_length=200)
    about = models.CharField(max_length=200)
    name = models.CharField(max_length=100)
    content = models.BinaryField()
    digest = models.BinaryField()
    came_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    set_aside_by = models.CharField(max_length=200, blank=True)
    set_aside_because = models.TextField(blank=True)

    class Meta:
        db_table = "eventstore_received"
        constraints = (models.UniqueConstraint(fields=["system", "notice_id"], name="eventstore_received_once"),)
        indexes = (
            models.Index(
                fields=["system", "about", "id"],
                condition=models.Q(settled_at=None),
                name="eventstore_received_waiting",
            ),
            models.Index(
                fields=["came_at"], condition=models.Q(settled_at__isnull=False), name="eventstore_received_settled"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.notice_id} of {self.system}"


class ReceivedCount(models.Model):
    """How many letters of another system had which outcome."""

    system = models.CharField(max_length=100)
    outcome = models.CharField(max_length=100)
    letters = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "eventstore_received_count"
        constraints = (models.UniqueConstraint(fields=["system", "outcome"], name="eventstore_received_count_once"),)

    def __str__(self) -> str:
        return f"{self.letters} of {self.system}: {self.outcome}"


class Outcome(models.TextChoices):
    """What can come of a command."""

    DONE = "done", _("Done")
    NOTHING = "nothing", _("Nothing had to be done")
    REFUSED = "refused", _("Refused")


class TrailEntry(models.Model):
    """Somebody asked for something, and this came of it. A view on the receipts, which nobody changes.

    `happened` are the names of the events that it led to; `refusal` holds the rule's sentence and the values in it.
    """

    command = models.UUIDField(primary_key=True)
    name = models.CharField(_("command"), max_length=100)
    actor = models.CharField(_("who asked"), max_length=200)
    asked_at = models.DateTimeField(_("when"))
    by_process = models.BooleanField(_("by a process"))
    outcome = models.CharField(_("what came of it"), max_length=10, choices=Outcome)
    stream = models.TextField(_("for what"))
    happened = models.JSONField(_("what happened"))
    refusal = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "eventstore_trail"
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")

    def __str__(self) -> str:
        return f"{self.name} by {self.actor}: {self.outcome}"

    @property
    def refused(self) -> Refused | None:
        """The refusal, whose sentence is translated as it stands; None where nothing was refused."""
        return Refused(self.refusal["sentence"], **self.refusal["values"]) if self.refusal else None


class Delivery(models.Model):
    """An event that a subscription is still to be given. Without a next try it waits until they ask for it again.

    What is about the same subject is given in its order: the first one holds up those behind it.
    """

    subscription = models.CharField(max_length=100)
    position = models.BigIntegerField()
    subject = models.TextField(db_collation="C")
    since = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "eventstore_delivery"
        constraints = (
            models.UniqueConstraint(fields=["subscription", "position"], name="eventstore_delivery_position"),
        )
        indexes = (
            models.Index(fields=["subscription", "subject", "position"], name="eventstore_delivery_subject"),
            models.Index(fields=["subscription", "next_try_at"], name="eventstore_delivery_next_try"),
        )

    def __str__(self) -> str:
        return f"{self.position} for {self.subscription}"
