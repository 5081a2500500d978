"""Uploads that no message has yet are few and are counted at every upload: an index of their own."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = (("conversations", "0003_count_by_status"),)
    operations = (
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                fields=["at"], condition=Q(message__isnull=True), name="attachment_waiting"
            ),
        ),
    )
