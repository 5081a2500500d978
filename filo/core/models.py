"""The append-only log of what happened, and what this installation is."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from filo.core.fields import CurrentTransaction, TransactionIdField


class Event(models.Model):
    """What happened. Read in the order of (xid, id), never by id alone; written by `emit`."""

    xid = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    at = models.DateTimeField(db_default=Now())
    type = models.TextField()
    customer = models.BigIntegerField(null=True)
    case = models.BigIntegerField(null=True)
    body = models.JSONField(db_default=models.Value({}, models.JSONField()))

    class Meta:
        indexes = (
            models.Index(fields=["xid", "id"], name="event_cursor"),
            models.Index(fields=["customer", "id"], name="event_customer"),
        )


class Bucket(models.Model):
    """How many more of something there may be at this moment. Unlogged: a crash fills it anew."""

    name = models.TextField(primary_key=True)
    level = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["at"], name="bucket_age"),)


class Fact(models.Model):
    """One thing to know about this installation: its epoch, its id, when it was set up."""

    name = models.TextField(primary_key=True)
    value = models.TextField()
