"""What the API remembers of its callers: the answers it gave."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """The answer to a write, kept for a day: the same key again is told the same."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    key = models.TextField()
    digest = models.BinaryField()  # of method, path and body
    status = models.SmallIntegerField()
    answer = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["staff", "key"], name="idempotency_key_once"),
        )
        indexes = (models.Index(fields=["at"], name="idempotency_key_age"),)
