"""What came in, raw; what we have already understood; what we could not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Journal(models.Model):
    """A call exactly as it came. `state`: 0 to do, 1 done, 2 could not be read."""

    channel = models.BigIntegerField()
    lane = models.SmallIntegerField()
    at = models.DateTimeField(db_default=Now())
    headers = models.JSONField(db_default=models.Value({}, models.JSONField()))
    query = models.JSONField(db_default=models.Value({}, models.JSONField()))
    body = models.BinaryField()
    opened = models.BinaryField(null=True)
    file = models.TextField(db_default="")  # the media store's name of a body over 256 kB
    state = models.SmallIntegerField(db_default=0)
    reason = models.TextField(db_default="")

    class Meta:
        indexes = (
            models.Index(fields=["lane", "id"], condition=Q(state=0), name="journal_to_do"),
            models.Index(fields=["id"], condition=Q(state=2), name="journal_unread"),
            models.Index(fields=["channel", "at"], name="journal_channel"),
        )


class Conflict(models.Model):
    """The same key came with another body: the first won, this one is kept to be looked at."""

    scope = models.TextField()
    key = models.TextField()
    journal = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Parked(models.Model):
    """A fact that failed, or that waits behind one of the same identity that did.

    It is found again by parsing its journal row: `ordinal` is its place there.
    After five tries it is `dead`: a letter for the administrator, and the identity goes on.
    """

    journal = models.BigIntegerField()
    ordinal = models.IntegerField()
    who = models.TextField()  # space:value of the identity that waits
    tries = models.SmallIntegerField(db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    dead = models.BooleanField(db_default=False)
    error = models.TextField(db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["journal", "ordinal"], name="parked_once"),)
        indexes = (
            models.Index(fields=["who", "id"], condition=Q(dead=False), name="parked_turn"),
            models.Index(fields=["due_at"], condition=Q(dead=False), name="parked_due"),
            models.Index(fields=["id"], condition=Q(dead=True), name="parked_dead"),
        )
