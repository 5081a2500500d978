"""Customer, Identity and Link as rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class Customer(models.Model):
    """One person; the root of everything. `teams` are the teams that have a case of theirs."""

    name = models.TextField(db_default="")
    language = models.TextField(db_default="")
    teams = ArrayField(
        models.BigIntegerField(),
        db_default=models.Value([], ArrayField(models.BigIntegerField())),
    )
    ts = SearchVectorField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (GinIndex(fields=["ts"], name="customer_ts", fastupdate=False),)


class Identity(models.Model):
    """One address of a customer in one space. Never overwritten.

    `last_seq` numbers the messages; `heard_at` opens the window in which free text is allowed.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    space = models.TextField()
    value = models.TextField()
    name = models.TextField(db_default="")
    verified = models.BooleanField(db_default=False)
    source = models.TextField(db_default="")
    created_at = models.DateTimeField(db_default=Now())
    last_seq = models.BigIntegerField(db_default=0)
    heard_at = models.DateTimeField(null=True)
    state = models.TextField(db_default="")  # blocked, unreachable

    class Meta:
        constraints = (models.UniqueConstraint(fields=["space", "value"], name="identity_once"),)


class Link(models.Model):
    """A reason why two identities are the same person. Withdrawn, never deleted."""

    one = models.ForeignKey(Identity, models.PROTECT, related_name="+")
    other = models.ForeignKey(Identity, models.PROTECT, related_name="+")
    source = models.TextField()  # provider, staff, login, …
    strength = models.SmallIntegerField(db_default=100)
    by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["one", "other", "source"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="living_link_once",
            ),
        )
