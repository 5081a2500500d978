"""What a customer does not want from us, and of what the absent are told, as rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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


class Notice(models.Model):
    """Somebody has an answer and does not look: one open notice a case, however many answers.

    `state`: waiting (for them to look), pushed (their devices were told), mailed, over.
    """

    case = models.ForeignKey("conversations.Case", models.PROTECT, related_name="+")
    identity = models.ForeignKey("customers.Identity", models.PROTECT, related_name="+")
    first = models.BigIntegerField()  # the first message that they have not read
    state = models.TextField(db_default="waiting")
    due_at = models.DateTimeField()
    mail = models.BigIntegerField(null=True)  # the message that told them

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state="over"), name="one_open_notice_a_case"
            ),
        )
        indexes = (models.Index(fields=["due_at"], condition=~Q(state="over"), name="notice_due"),)
