"""What belongs to the log: snapshots of its long streams, the keys of persons in it, and who asked for what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eventstore.messages import Refused
from eventstore.refusals import told_again


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
        return told_again(self.refusal) if self.refusal else None
