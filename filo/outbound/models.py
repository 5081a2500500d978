"""What a customer does not want from us, as rows."""

from __future__ import annotations

from django.db import models


class Refusal(models.Model):
    """They said no to a purpose (empty: to everything) at one address; `back_at`: and yes again."""

    identity = models.ForeignKey("customers.Identity", models.PROTECT, related_name="+")
    purpose = models.TextField(db_default="")
    at = models.DateTimeField()
    back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["identity", "purpose"], name="refusal_once_a_purpose"),
        )
