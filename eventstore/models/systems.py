"""Other systems: what they are asked, how they answer, what they tell us, and what they are still to be told."""

from django.db import models


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
    set_aside_by = models.CharField(max_length=254, blank=True)
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
    failing_since = models.DateTimeField(null=True)

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
