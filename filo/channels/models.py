"""The channel row: one connected number, page or mailbox."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from filo.core.ids import public

NOTHING = models.Value([], ArrayField(models.TextField()))


class Channel(models.Model):
    """`sealed` holds all settings, encrypted and bound to this row (see `filo.core.vault`)."""

    kind = models.TextField()
    name = models.TextField()
    team = models.ForeignKey("staff.Team", models.PROTECT, related_name="+")
    sealed = models.BinaryField(default=b"")
    active = models.BooleanField(db_default=True, default=True)
    answer_within = models.DurationField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

    @property
    def public(self) -> str:
        return public("chn", self.pk)


class Health(models.Model):
    """How the channel does. Apart from the row, because it changes with every batch."""

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="+")
    state = models.TextField(db_default="ok")  # ok, needs_you
    reason = models.TextField(db_default="")
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    forged = models.BigIntegerField(db_default=0)
    unknown = models.BigIntegerField(db_default=0)
    conflicts = models.BigIntegerField(db_default=0)
    failures = models.BigIntegerField(db_default=0)
    # what the provider announced of the channel, newest by its own clock
    quality = models.TextField(db_default="")
    quota = models.TextField(db_default="")
    announced_at = models.DateTimeField(null=True)
    # the key: when it ends, when we exchanged it, when we last looked
    ends_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    keyed_at = models.DateTimeField(null=True)  # since when it has the secrets that it has
    exchange_from = models.DateTimeField(null=True)  # the provider exchanges it no sooner


class Template(models.Model):
    """A text that the provider approved for outside the window, as it has it now.

    `neutral`: it says no more than that an answer is ready, so a held answer may send it ahead.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    name = models.TextField()
    language = models.TextField()
    state = models.TextField()  # approved, pending, rejected, paused, disabled, gone
    category = models.TextField(db_default="")
    header = models.TextField(db_default="")
    body = models.TextField(db_default="")
    footer = models.TextField(db_default="")
    buttons = ArrayField(models.TextField(), db_default=NOTHING)
    variables = ArrayField(models.TextField(), db_default=NOTHING)
    detail = models.TextField(db_default="")
    neutral = models.BooleanField(db_default=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "name", "language"], name="template_once_a_language"
            ),
        )


class Library(models.Model):
    """When the templates of a channel were last asked for, and when they are to be again."""

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="+")
    due_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    problem = models.TextField(db_default="")


class Cursor(models.Model):
    """Where the polling of a mailbox or a feed stands."""

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="+")
    cursor = models.TextField(db_default="")
    polled_at = models.DateTimeField(db_default=Now())


class Traffic(models.Model):
    """What a channel's sends came to, hour by hour: the error rate."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField()
    sent = models.BigIntegerField(db_default=0)
    failed = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["channel", "hour"], name="traffic_of_an_hour_once"),
        )


class Setup(models.Model):
    """How far somebody has come in connecting a channel; without a channel it is a draft.

    `sealed` holds what was pasted before there was a channel, encrypted and bound to the kind.
    """

    kind = models.TextField()
    channel = models.OneToOneField(Channel, models.CASCADE, null=True, related_name="+")
    sealed = models.BinaryField(db_default=b"", default=b"")
    done = ArrayField(models.TextField(), db_default=NOTHING)
    hops = models.TextField(db_default="")  # what each came to when last tried, as JSON
    tried_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(channel__isnull=True),
                name="one_draft_of_a_kind",
            ),
        )
